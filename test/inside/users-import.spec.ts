import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { exitCodes } from '../../src/cli/exit-codes.js';
import { Client } from '../support/client.js';
import { runTenantry } from '../support/command.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { goodPassword } from '../support/world.js';

/** A password of Django: bcrypt of its SHA-256, and Werkzeug's PBKDF2. */
const password = 'Grüße aus Köln, 1!';
const bcryptHash = 'bcrypt_sha256$$2b$05$O6v0rajSto..GqzyT/V6iuv7a17CP9Sk4uhjWmTklHci5YyP97aam';
const pbkdf2Hash = 'pbkdf2:sha256:1000$r4BUvMeX7AGIzCFY$36462adc13a4b24bd4cfc82049c9b9769de54f1b3839300081594d5d285c87d5';

let folder: string;
let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-import-'));
  database = await scratchDatabase();
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database);
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number | null;
  readonly answer: any;
  /** The lines of the report. */
  readonly report: any[];
}

/** Writes a file and imports it. */
async function importText(text: string, options: readonly string[] = [], type = 'csv'): Promise<Ran> {
  const file = path.join(folder, `${server.world.unique('users')}.${type}`);
  await writeFile(file, text);
  const env = {
    NODE_ENV: 'test',
    APP_SECRET: testSecret,
    DATA_DIR: folder,
    DATABASE_URL: database.app,
    DATABASE_PLATFORM_URL: database.platform,
    DATABASE_OWNER_URL: database.owner,
  };
  const { code, out } = await runTenantry(env, 'users:import', file, ...options, '--json');
  const report = await readFile(`${file}.report.ndjson`, 'utf8').catch(() => '');
  return {
    code,
    answer: JSON.parse(out),
    report: report
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown),
  };
}

const logIn = (email: string, typed: string) => new Client(server.url).post('/auth/login', { email, password: typed });
const rowsOf = async (email: string): Promise<any[]> =>
  (
    await look.query(
      `select u.id, u.name, u.email_verified_at is not null as verified, u.created_at, c.password_hash, c.imported_kind, (select json_agg(json_build_array(m.organization_id, m.role)) from memberships m where m.user_id = u.id) as memberships
         from users u left join credentials c on c.user_id = u.id where u.email = $1 order by u.created_at`,
      [email],
    )
  ).rows;
const countUsers = async (): Promise<number> => Number((await look.query('select count(*) from users')).rows[0].count);
const titles = 'email,name,email_verified,created_at,organization,role,password_hash\n';

describe('users:import', () => {
  it('a user signs in with the password of the other application, whose hash is then replaced by one of this application', async () => {
    const owner = await server.world.owner();
    const email = server.world.email('imported');
    const { code, answer } = await importText(`${titles}${email.toUpperCase()},"Ada, Countess",true,2020-02-03 04:05:06+01,${owner.slug},admin,${bcryptHash}\n`);
    expect({ code, answer }).toMatchObject({ code: exitCodes.done, answer: { created: 1, memberships: 1, existing: 0, refused: 0, lastLine: 2 } });
    const [before] = await rowsOf(email);
    expect(before).toMatchObject({ name: 'Ada, Countess', verified: true, password_hash: bcryptHash, memberships: [[owner.organizationId, 'admin']] });
    expect(before.created_at).toEqual(new Date('2020-02-03T03:05:06Z'));
    expect((await logIn(email, `${password}x`)).status).toBe(401);
    expect((await rowsOf(email))[0].password_hash).toBe(bcryptHash);
    const { status, body } = await logIn(email, password);
    expect(status).toBe(200);
    expect((await new Client(server.url, body.accessToken).get('/auth/me')).body).toMatchObject({ role: 'admin', activeOrganization: { id: owner.organizationId } });
    const [after] = await rowsOf(email);
    expect(after).toMatchObject({ password_hash: expect.stringMatching(/^\$argon2id\$/), imported_kind: null });
    expect([(await logIn(email, password)).status, (await logIn(email, `${password}x`)).status]).toEqual([200, 401]);
    expect((await rowsOf(email))[0].password_hash).toBe(after.password_hash);
  });

  it('the current password of a signed-in user can be an imported one, and a new password replaces it', async () => {
    const email = server.world.email('changing');
    await importText(JSON.stringify({ email, name: 'Grace', emailVerified: true, passwordHash: pbkdf2Hash }), [], 'ndjson');
    const { body } = await logIn(email, password);
    await look.query('update credentials set password_hash = $2, imported_kind = $2 where user_id = (select id from users where email = $1)', [email, pbkdf2Hash]);
    const changed = await new Client(server.url, body.accessToken).post('/auth/password/change', { currentPassword: password, newPassword: goodPassword });
    expect(changed.status).toBe(200);
    expect((await rowsOf(email))[0]).toMatchObject({ imported_kind: null, password_hash: expect.stringMatching(/^\$argon2id\$/) });
    expect([(await logIn(email, password)).status, (await logIn(email, goodPassword)).status]).toEqual([401, 200]);
  });

  it('a line with a user name and no address makes a managed account of the organization, which signs in with its password', async () => {
    const [owner, other] = [await server.world.owner(), await server.world.owner()];
    const file = [
      'email,userName,name,organization,role,passwordHash',
      ...[owner, other].map(({ slug }) => `,Grace.H,Grace Hopper,${slug},member,${bcryptHash}`),
      `,ada.l,Ada,${owner.organizationId},member,`,
    ];
    const faults = [
      `,ada.l,Again,${owner.slug},member,`,
      `,boss,Boss,${owner.slug},owner,`,
      `,no name,X,${owner.slug},member,`,
      `x@example.com,both,X,${owner.slug},member,`,
      ',nowhere,X,,,',
    ];
    const text = `${[...file, ...faults].join('\n')}\n`;
    const dry = await importText(text, ['--dry-run']);
    const { code, answer, report } = await importText(text);
    expect(answer).toMatchObject({ created: 3, memberships: 3, existing: 1, refused: 4 });
    expect(dry).toMatchObject({ code, answer: { ...answer, dryRun: true, report: expect.any(String) }, report });
    expect(report).toMatchObject([
      { line: 5, email: null, userName: 'ada.l', code: 'exists' },
      { line: 6, userName: 'boss', code: 'managed_account' },
      { line: 7, userName: 'no name', code: 'invalid' },
      { line: 8, email: 'x@example.com', userName: 'both', code: 'invalid' },
      { line: 9, userName: 'nowhere', code: 'invalid' },
    ]);
    const signIn = (slug: string, typed: string) => new Client(server.url).post('/auth/login', { userName: 'grace.h', organization: slug, password: typed });
    const ids = new Set<string>();
    for (const { slug, organizationId } of [owner, other]) {
      expect((await signIn(slug, `${password}x`)).status).toBe(401);
      const { status, body } = await signIn(slug, password);
      expect(status).toBe(200);
      const { user, activeOrganization } = (await new Client(server.url, body.accessToken).get('/auth/me')).body;
      expect([user.email, user.userName, activeOrganization.id]).toEqual([null, 'grace.h', organizationId]);
      ids.add(user.id);
    }
    expect(ids.size).toBe(2);
    const { rows } = await look.query('select password_hash, imported_kind from credentials where user_id = any($1)', [[...ids]]);
    expect(rows).toEqual(Array.from({ length: 2 }, () => ({ password_hash: expect.stringMatching(/^\$argon2id\$/), imported_kind: null })));
    expect((await importText(text)).answer).toMatchObject({ created: 0, existing: 4, refused: 4 });
  });

  it('each line with a fault is in the report with its number, and the others are imported', async () => {
    const owner = await server.world.owner();
    const good = server.world.email('good');
    const lines = [
      'no-address,Ada,true,,,,',
      `${server.world.email()},,true,,,,`,
      `${server.world.email()},Ada,maybe,,,,`,
      `${server.world.email()},Ada,true,2020-01-01T00:00:00,,,`,
      `${server.world.email()},Ada,true,2999-01-01,,,`,
      `${server.world.email()},Ada,true,,no-such-organization,member,`,
      `${server.world.email()},Ada,true,,${owner.slug},emperor,`,
      `${server.world.email()},Ada,true,,${owner.slug},,`,
      `${server.world.email()},Ada,true,,,,$2b$31$${'a'.repeat(53)}`,
      `${server.world.email()},Ada,true,,,,plain-password`,
      `${server.world.email()},Ada,true`,
      `${good},Good,true,,${owner.slug},member,`,
    ];
    const { code, answer, report } = await importText(titles + lines.join('\n'));
    expect({ code, answer }).toMatchObject({ code: exitCodes.partly, answer: { created: 1, refused: 11, lastLine: 13 } });
    expect(report.map(({ line, code: why }) => [line, why])).toEqual([
      ...[2, 3, 4, 5, 6].map((line) => [line, 'invalid']),
      [7, 'unknown_organization'],
      [8, 'unknown_role'],
      [9, 'invalid'],
      [10, 'unusable_hash'],
      [11, 'unusable_hash'],
      [12, 'unreadable'],
    ]);
    expect(JSON.stringify(report)).not.toContain('plain-password');
    expect((await rowsOf(good))[0].memberships).toEqual([[owner.organizationId, 'member']]);
  });

  it('a report can be read by its owner only, and names a fault of each line of NDJSON', async () => {
    const { answer, report } = await importText(
      ['{"email":', '[]', '{"email":"a@example.com","name":"A","isAdmin":true}', '{"email":["a@example.com"],"name":"A"}'].join('\n'),
      [],
      'ndjson',
    );
    expect(report.map(({ line, code }) => [line, code])).toEqual([
      [1, 'unreadable'],
      [2, 'unreadable'],
      [3, 'unreadable'],
      [4, 'invalid'],
    ]);
    expect((await stat(answer.report)).mode & 0o777).toBe(0o600);
  });

  it('an unknown title of a CSV file stops the import: a misspelt field would be missing', async () => {
    const before = await countUsers();
    expect(await importText('email,name,pasword\na@example.com,A,x\n')).toMatchObject({
      code: exitCodes.failed,
      answer: { error: { message: expect.stringContaining('pasword') } },
    });
    expect(await countUsers()).toBe(before);
  });

  it('a second import changes nothing, and reports the users who exist', async () => {
    const owner = await server.world.owner();
    const emails = Array.from({ length: 450 }, () => server.world.email('many'));
    const file = titles + emails.map((email, index) => `${email},Name ${index},${index % 2 === 0},,${owner.slug},member,${pbkdf2Hash}`).join('\n');
    const options = ['--exceed-seats', 'moved from the old application'];
    const dry = await importText(file, [...options, '--dry-run']);
    const before = await countUsers();
    expect(dry).toMatchObject({ code: exitCodes.done, answer: { dryRun: true, created: 450, memberships: 450, refused: 0 } });
    expect(await importText(file, options)).toMatchObject({ code: exitCodes.done, answer: { created: 450, memberships: 450, refused: 0 } });
    expect(await countUsers()).toBe(before + 450);
    const state = async (): Promise<unknown> =>
      (
        await look.query(
          'select md5(string_agg(u::text || c::text || m::text, $2 order by u.id)) from users u join credentials c on c.user_id = u.id join memberships m on m.user_id = u.id where m.organization_id = $1',
          [owner.organizationId, ','],
        )
      ).rows;
    const first = await state();
    const again = await importText(file, options);
    expect(again).toMatchObject({ code: exitCodes.done, answer: { created: 0, memberships: 0, existing: 450, refused: 0 } });
    expect(again.report.map(({ line, code }) => [line, code])).toEqual(emails.map((_, index) => [index + 2, 'exists']));
    expect(await state()).toEqual(first);
    expect(await importText(file, [...options, '--from-line', '440'])).toMatchObject({ answer: { existing: 12 } });
  });

  it('seats are respected, also by a dry run, unless a reason is given, which the audit log of the organization has', async () => {
    const owner = await server.world.owner();
    const limit = (await owner.api.get('/tenant/limits')).body.data.find(({ meter }: { meter: string }) => meter === 'seats').limit as number;
    const emails = Array.from({ length: limit + 1 }, () => server.world.email('seat'));
    const file = titles + emails.map((email) => `${email},Seat,true,,${owner.slug},member,`).join('\n');
    for (const dry of [['--dry-run'], []]) {
      const { code, answer, report } = await importText(file, dry);
      expect({ code, answer }).toMatchObject({ code: exitCodes.partly, answer: { created: limit - 1, memberships: limit - 1, refused: 2 } });
      expect(report.map(({ code: why }) => why)).toEqual(['no_seat_left', 'no_seat_left']);
    }
    expect(await rowsOf(emails.at(-1) ?? '')).toEqual([]);
    expect(await importText(file, ['--exceed-seats', 'agreed in contract 12'])).toMatchObject({ code: exitCodes.done, answer: { created: 2, existing: limit - 1 } });
    const { body } = await owner.api.get(`${owner.home}/audit-logs?limit=100`);
    expect(JSON.stringify(body.data)).toContain('agreed in contract 12');
  });

  it('the audit log of an organization has its own users only, however the lines are mixed', async () => {
    const [one, two] = [await server.world.owner(), await server.world.owner()];
    const [first, second, alone] = [server.world.email('first'), server.world.email('second'), server.world.email('alone')];
    await importText(`${titles}${first},First,true,,${one.slug},member,\n${alone},Alone,true,,,,\n${second},Second,true,,${two.slug},member,\n`);
    for (const [{ api, home }, own, others] of [
      [one, first, [second, alone]],
      [two, second, [first, alone]],
    ] as const) {
      const log = JSON.stringify((await api.get(`${home}/audit-logs?limit=100`)).body.data);
      expect(log).toContain((await rowsOf(own))[0].id);
      for (const other of others) {
        expect(log).not.toContain(other);
        expect(log).not.toContain((await rowsOf(other))[0].id);
      }
    }
  });

  it('a claim never gets a membership or a password, and a verified line ends it', async () => {
    const owner = await server.world.owner();
    const stranger = await server.world.owner();
    const line = (verified: boolean): string => `${titles}${stranger.email},Victim,${verified},,${owner.slug},admin,${pbkdf2Hash}\n`;
    expect(await importText(line(false), ['--add-memberships'])).toMatchObject({ answer: { created: 0, memberships: 0, existing: 1 } });
    expect((await stranger.api.get(owner.home)).status).toBe(404);
    expect((await logIn(stranger.email, password)).status).toBe(401);
    expect(await importText(line(true), ['--dry-run'])).toMatchObject({ answer: { created: 1, memberships: 1 } });
    expect(await importText(line(true))).toMatchObject({ code: exitCodes.done, answer: { created: 1, memberships: 1 } });
    expect((await logIn(stranger.email, goodPassword)).status).toBe(401);
    const { status, body } = await logIn(stranger.email, password);
    expect(status).toBe(200);
    expect((await new Client(server.url, body.accessToken).get('/auth/me')).body).toMatchObject({ role: 'admin', activeOrganization: { id: owner.organizationId } });
    expect((await stranger.api.get('/auth/me')).status).toBe(401);
  });

  it('an existing user gets the membership of another line only with --add-memberships, and keeps name and password', async () => {
    const [one, two] = [await server.world.owner(), await server.world.owner()];
    const email = server.world.email('both');
    const file = `${titles}${email},Both,true,,${one.slug},member,${pbkdf2Hash}\n${email},Renamed,true,,${two.slug},admin,${bcryptHash}\n`;
    expect(await importText(file)).toMatchObject({ code: exitCodes.done, answer: { created: 1, memberships: 1, existing: 1 }, report: [{ line: 3, code: 'exists' }] });
    for (const [dry, times] of [
      [['--dry-run'], 1],
      [[], 1],
      [[], 0],
    ] as const)
      expect(await importText(file, ['--add-memberships', ...dry])).toMatchObject({ code: exitCodes.done, answer: { created: 0, memberships: times } });
    const [user, ...others] = await rowsOf(email);
    expect(others).toEqual([]);
    expect(user).toMatchObject({ name: 'Both', password_hash: pbkdf2Hash });
    expect(user.memberships.toSorted()).toEqual(
      [
        [one.organizationId, 'member'],
        [two.organizationId, 'admin'],
      ].toSorted(),
    );
  });

  it('a line for an organization with allowed email domains is refused at other domains', async () => {
    const owner = await server.world.owner();
    await look.query(
      `insert into settings_documents (organization_id, id, section, document, updated_at) values ($1, gen_random_uuid(), 'security', '{"allowedEmailDomains":["school.example"]}', now())
                      on conflict (organization_id, section) do update set document = excluded.document`,
      [owner.organizationId],
    );
    const inside = `${server.world.unique('in')}@school.example`;
    const { report } = await importText(`${titles}${server.world.email()},Out,true,,${owner.slug},member,\n${inside},In,true,,${owner.organizationId},member,\n`);
    expect(report).toEqual([expect.objectContaining({ line: 2, code: 'email_domain_not_allowed' })]);
    expect(await rowsOf(inside)).toHaveLength(1);
  });
});
