import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { erasureCompletion } from '../support/erasures.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { toolboxaiWithoutConsent } from '../support/preset.js';
import { inDatabase, scratchDatabase } from '../support/scratch-database.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let replica: TestServer;
let database: pg.Pool;
let operator: Client;
beforeAll(async () => {
  [server, replica] = await Promise.all([startTestServer({ CATALOG: toolboxaiWithoutConsent() }), startTestServer({ CATALOG: toolboxaiWithoutConsent() })]);
  database = new pg.Pool({ connectionString: inDatabase(adminUrl(), new URL(testDatabase().app).pathname.slice(1)), max: 2 });
  const { email } = await server.control.createOperator(server.world.email('operator'));
  operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
});
afterAll(async () => {
  await database.end();
  await Promise.all([server.close(), replica.close()]);
});

/** Only a superuser reads every table. */
const adminUrl = (): string => (JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string }).url;
const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const remove = ({ api }: Person): Promise<Answer> => api.request('DELETE', '/users/me', { currentPassword: goodPassword });
const erase = (userId: string, reason = 'Letter of the person'): Promise<Answer> => operator.post(`/platform/users/${userId}/erase`, { reason });

const complete = erasureCompletion(() => server.control);
const erasureOf = async (userId: string): Promise<any> => (await operator.get('/platform/erasures?limit=100')).body.data.find((each: { userId: string }) => each.userId === userId);

/** Finds the tables with a column, of any type that has text, in which one of the texts occurs. */
async function tablesWith(...texts: string[]): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and n.nspname <> 'information_schema' and not starts_with(n.nspname, 'pg_')`,
  );
  const found: string[] = [];
  await database.query('begin');
  for (const { name } of rows) {
    const { rowCount } = await database.query(`select from ${name} t where exists (select from unnest($1::text[]) w where position(lower(w) in lower(t::text)) > 0) limit 1`, [
      texts,
    ]);
    if (rowCount !== 0) found.push(name);
  }
  await database.query('commit');
  return found.toSorted();
}

/** A member who has verified their address. */
async function verified(host: Person, role: string): Promise<Person> {
  const member = await server.world.invited(host, role);
  await server.world.verify(member.email);
  return member;
}

/** A member of another's organization who has left traces: an invitation that they sent, a team, a key, a changed name. */
async function active(host: Person, name: string): Promise<Person> {
  const member = await verified(host, 'teacher');
  await member.api.patch('/users/me', { name });
  await host.api.patch(`${host.home}/members/${member.userId}`, { role: 'admin' });
  await member.api.post(`${host.home}/invitations`, { email: server.world.email(), role: 'student', message: 'Join us' });
  await member.api.post(`${host.home}/teams`, { name: server.world.unique('team') });
  await server.api.post('/auth/login', { email: member.email, password: 'a wrong passphrase' });
  // An invitation of another organization, and mail that waits.
  const other = await server.world.signUp({ verified: true });
  await other.api.post(`${other.home}/invitations`, { email: member.email, role: 'student' });
  return member;
}

describe('DELETE /users/me', () => {
  it('leaves the address and the name in no table, and the chains of the audit log remain valid', async () => {
    const host = await server.world.signUp({ verified: true });
    const name = server.world.unique('Zora');
    const member = await active(host, name);
    await server.control.flush();
    expect((await tablesWith(member.email, name)).length).toBeGreaterThan(3);
    expect((await remove(member)).status).toBe(204);
    expect(await erasureOf(member.userId)).toMatchObject({
      requestedById: null,
      reason: null,
      receipt: null,
      completedAt: null,
      tables: { users: 1, memberships: 1, credentials: 1 },
    });
    await complete();
    const { tables, receipt, completedAt } = await erasureOf(member.userId);
    expect(tables).toMatchObject({ users: 1, memberships: 1, invitations: expect.any(Number), mail_messages: expect.any(Number), 'audit.actors': expect.any(Number) });
    expect(completedAt).not.toBeNull();
    await server.mailbox.waitFor(member.email, 'was deleted');
    const [mail] = server.mailbox.to(member.email).filter(({ mail: { subject } }) => subject?.includes('was deleted'));
    expect(mail?.mail.text?.replaceAll(/\s/g, '')).toContain(receipt);
    // The mail with the receipt is deleted when it was sent.
    const left = async (): Promise<string[]> => {
      await complete();
      await server.control.flush();
      return tablesWith(member.email, name);
    };
    expect(await eventually(left, (tables) => tables.length === 0)).toEqual([]);
    const { data } = (await host.api.get(`${host.home}/audit-logs?limit=100`)).body;
    expect(data.length).toBeGreaterThan(3);
    const chains = await server.control.verifyChains(host.organizationId);
    expect(chains.length).toBeGreaterThan(0);
    expect(chains.filter(({ bad }) => bad !== undefined)).toEqual([]);
  });

  it('leaves the address in no text that others wrote, such as the URL of a webhook', async () => {
    const host = await server.world.signUp({ verified: true });
    const member = await verified(host, 'teacher');
    const { email } = member;
    const path = `${host.home}/webhooks`;
    const url = (address: string): string => `https://example.com/${address}?to=${encodeURIComponent(address)}`;
    expect((await operator.patch(`/tenants/${host.organizationId}/limits`, { features: { webhooks: true } })).status).toBe(200);
    const made = await host.api.post(path, { url: url(email), description: `Ask ${email.toUpperCase()}.`, eventTypes: ['member.*'] });
    expect(made.body).toMatchObject({ url: url(email) });
    await host.api.post(`${host.home}/teams`, { name: `Team of ${email}`, description: `Ask ${email}` });
    await host.api.post(`${host.home}/invitations`, { email: server.world.email(), role: 'student', message: `Ask ${email}` });
    expect((await host.api.patch('/tenant/custom-settings', { contact: [email] })).status).toBe(200);
    expect((await erase(member.userId, `Letter of ${email}`)).status).toBe(200);
    await complete();
    const ended = `${member.userId}@ended.invalid`;
    expect((await host.api.get(`${path}/${made.body.id}`)).body).toMatchObject({ url: `https://example.com/${ended}?to=${ended}`, description: `Ask ${ended}.` });
    expect((await host.api.get('/tenant/custom-settings')).body).toMatchObject({ contact: [ended] });
    const [team] = (await host.api.get(`${host.home}/teams`)).body.data;
    expect(team).toMatchObject({ name: `Team of ${ended}`, description: `Ask ${ended}` });
    const { tables, reason } = await erasureOf(member.userId);
    expect(tables).toMatchObject({ webhooks: 1, teams: 1, invitations: expect.any(Number) });
    expect(reason).toBe(`Letter of ${ended}`);
    const left = async (): Promise<string[]> => {
      await complete();
      await server.control.flush();
      return tablesWith(email);
    };
    expect(await eventually(left, (found) => found.length === 0)).toEqual([]);
  });

  it('looks into every column of text and JSON of every table but those that the documentation names', async () => {
    const scratch = await scratchDatabase();
    const client = new pg.Client({ connectionString: inDatabase(adminUrl(), new URL(scratch.app).pathname.slice(1)) });
    await client.connect();
    const address = 'zoe+x@example.com';
    const texts = { array: `array['see ${address}', 'jo${address}']`, json: `'{"see":["${address}"]}'`, text: `'https://x.example/?to=${encodeURIComponent(address)}'` };
    try {
      // Rows as no code writes them: without the triggers and the checks of their tables.
      await client.query('set session_replication_role = replica');
      const { rows: checks } = await client.query<{ statement: string }>(
        `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as statement from pg_constraint
          where contype = 'c' and conrelid <> 0 and connamespace = 'public'::regnamespace and conislocal`,
      );
      for (const { statement } of checks) await client.query(statement);
      const { rows: columns } = await client.query<{ relation: string; name: string; type: string; needed: boolean; kind: string; first: string | null }>(
        `select c.relname as relation, a.attname as name, format_type(a.atttypid, null) as type, a.attnotnull as needed, t.typcategory as kind,
                (select quote_literal(enumlabel) from pg_enum where enumtypid = a.atttypid order by enumsortorder limit 1) as first
           from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attidentity = '' join pg_type t on t.oid = a.atttypid
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
      );
      const isText = (type: string): boolean => ['text', 'character varying', 'json', 'jsonb', 'text[]'].includes(type);
      const plantedIn = ({ type }: { type: string }): string => (type === 'text[]' ? texts.array : type.startsWith('json') ? texts.json : texts.text);
      const fillers: Readonly<Record<string, string>> = { uuid: 'gen_random_uuid()', bytea: `'\\x00'`, date: `'2020-01-01'`, boolean: 'false' };
      const fillerOf = ({ type, kind, first }: { type: string; kind: string; first: string | null }): string =>
        first ?? fillers[type] ?? (kind === 'N' ? '0' : kind === 'A' ? `'{}'` : kind === 'D' ? `'2020-01-01'` : `'0'`);
      const isLeftOut = ({ relation, name }: { relation: string; name: string }): boolean =>
        /^(_prisma_migrations|access_log|access_log_records|catalog_versions|credit_notes|credit_note_lines|domain_events|event_changes|invoices|invoice_lines|request_days|request_log|users|usage_\w+)$/.test(
          relation,
        ) || /^((\w+_)?email|recipient)$/.test(name);
      const relations = [...new Set(columns.filter((column) => isText(column.type) && !isLeftOut(column)).map(({ relation }) => relation))];
      for (const relation of relations) {
        const own = columns.filter((column) => column.relation === relation && (isText(column.type) || column.needed));
        await client.query(
          `insert into ${relation} (${own.map(({ name }) => `"${name}"`).join()}) values (${own.map((column) => (isText(column.type) ? plantedIn(column) : fillerOf(column))).join()})`,
        );
      }
      await client.query('set role tenantry_platform');
      await client.query('select from app.erase_mentions(gen_random_uuid(), $1, now())', [address]);
      await client.query('reset role');
      const left: string[] = [];
      for (const column of columns.filter(({ relation, type }) => relations.includes(relation) && isText(type))) {
        const { relation, name } = column;
        const { rowCount } = await client.query(`select from ${relation} where lower("${name}"::text) ~ '(?<!jo)zoe(\\+|%2b)x'`);
        if ((rowCount === 0) === isLeftOut(column)) left.push(`${relation}.${name}`);
      }
      expect(left).toEqual([]);
      // The address of somebody else ends with this one.
      expect((await client.query(`select from api_keys where 'jo${address}' = any(permissions)`)).rowCount).toBe(1);
      expect(relations.length).toBeGreaterThan(40);
    } finally {
      await client.end();
      await scratch.drop();
    }
  });

  it('does not touch what others wrote to an address that was never proved', async () => {
    const host = await server.world.signUp({ verified: true });
    const email = server.world.email('victim');
    await host.api.post(`${host.home}/invitations`, { email, role: 'student' });
    const { body } = await server.api.post('/auth/signup', { email, password: goodPassword, name: 'Mallory', organization: { name: server.world.unique('org') } });
    const intruder = server.api.as(body.accessToken);
    await intruder.delete(`/organizations/${body.organization.id}`);
    expect((await intruder.request('DELETE', '/users/me', { currentPassword: goodPassword })).status).toBe(204);
    await complete();
    expect((await erasureOf(body.user.id)).completedAt).not.toBeNull();
    expect((await host.api.get(`${host.home}/invitations`)).body.data.map((each: { email: string }) => each.email)).toContain(email);
    const { rowCount } = await database.query(`select from mail_messages where recipient = $1 and template = 'account-erased'`, [email]);
    expect(rowCount).toBe(0);
  });

  it('does not remove an invitation that was sent to the address after the deletion', async () => {
    const host = await server.world.signUp({ verified: true });
    const member = await verified(host, 'student');
    expect((await remove(member)).status).toBe(204);
    await host.api.post(`${host.home}/invitations`, { email: member.email, role: 'student' });
    await complete();
    expect((await host.api.get(`${host.home}/invitations`)).body.data.filter((each: { email: string; status: string }) => each.email === member.email)).toHaveLength(1);
  });
});

describe('POST /platform/users/:userId/erase', () => {
  it('an operator erases a user with a reason, and every replica notices at once', async () => {
    const host = await server.world.signUp({ verified: true });
    const member = await server.world.invited(host, 'student');
    const elsewhere = replica.api.as(member.accessToken);
    expect((await elsewhere.get('/auth/me')).status).toBe(200);
    expect(await erase(member.userId)).toMatchObject({ status: 200, body: { userId: member.userId, reason: 'Letter of the person', receipt: null } });
    expect(refusal(await elsewhere.get('/auth/me'))).toEqual({ status: 401, code: 'session_ended' });
    expect(refusal(await erase(member.userId))).toEqual({ status: 404, code: 'user_not_found' });
    await complete();
    const { id, receipt } = await erasureOf(member.userId);
    expect((await operator.get(`/platform/erasures/${id}`)).body).toMatchObject({ receipt, completedAt: expect.any(String) });
    expect(refusal(await operator.get(`/platform/erasures/${member.userId}`))).toEqual({ status: 404, code: 'erasure_not_found' });
  });

  it('is refused without a reason, for the only owner of an organization, and for operators', async () => {
    const owner = await server.world.owner();
    expect((await operator.post(`/platform/users/${owner.userId}/erase`, {})).status).toBe(400);
    expect(await erase(owner.userId)).toMatchObject({
      status: 409,
      body: { code: 'last_owner', organizations: [{ id: owner.organizationId }], detail: expect.stringContaining('The user is') },
    });
    const colleague = await server.control.createOperator(server.world.email('operator'));
    expect(refusal(await erase(colleague.userId))).toEqual({ status: 409, code: 'operator_account' });
    expect((await owner.api.post(`/platform/users/${owner.userId}/erase`, { reason: 'Because I can' })).status).toBe(403);
  });

  it('erases a disabled user', async () => {
    const host = await server.world.signUp({ verified: true });
    const member = await server.world.invited(host, 'student');
    await operator.post(`/platform/users/${member.userId}/disable`);
    expect((await erase(member.userId)).status).toBe(200);
  });

  it('an erasure during an acceptance, a new role, a transfer, and a refreshed session leaves nothing of the account', async () => {
    for (let round = 0; round < 4; round += 1) {
      const host = await server.world.signUp({ verified: true });
      const other = await server.world.signUp({ verified: true });
      const member = await server.world.invited(host, 'student');
      const token = await server.world.invitationToken(other, member.email, 'student');
      const answers = await Promise.all([
        member.api.post('/invitations/accept', { token }),
        replica.api.post('/auth/refresh', { refreshToken: member.refreshToken }),
        host.api.patch(`${host.home}/members/${member.userId}`, { role: 'owner' }),
        member.api.post(`${host.home}/api-keys`, { name: 'Late', belongsTo: 'me', permissions: [] }),
        round % 2 === 0 ? remove(member) : erase(member.userId),
      ]);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      // The person may have become a second owner, never the last one: the account is gone.
      expect(answers.at(-1)?.status).toBeLessThan(300);
      for (const table of ['memberships', 'sessions', 'credentials']) expect((await database.query(`select from ${table} where user_id = $1`, [member.userId])).rowCount).toBe(0);
      expect((await database.query('select from api_keys where owner_id = $1', [member.userId])).rowCount).toBe(0);
      expect((await replica.api.as(member.accessToken).get('/auth/me')).status).toBe(401);
    }
  });
});
