import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { Manifest } from '../../src/modules/tenants/archive/format/archive-manifest.js';
import type { Answer } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { SetClock } from '../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { RunExportsWorker } from '../../src/modules/tenants/exports/run-exports.worker.js';
import { PlatformAdminsService } from '../../src/modules/auth/platform/platform-admins.service.js';
import { goodPassword, type Person } from '../support/world.js';
import { entriesOf } from '../support/zip.js';

const [hour, day] = [3_600_000, 86_400_000];
let database: ScratchDatabase;
let look: pg.Pool;
let folder: string;
let server: TestServer;
let operator: Person['api'];
const clock = new SetClock(new Date());
/** The file of an attempt whose replica has died. */
const orphan = '00000000-0000-7000-8000-000000000000/00000000-0000-4000-8000-000000000000.zip';

beforeAll(async () => {
  database = await scratchDatabase();
  look = new pg.Pool({ connectionString: database.platform });
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-exports-'));
  for (const name of [orphan, `${orphan}~00000000-0000-4000-8000-000000000000`]) {
    const file = path.join(folder, 'storage/exports', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, 'left by a replica that died');
    await utimes(file, 0, 0);
  }
  const storage = pathToFileURL(path.join(folder, 'storage')).href;
  server = await startTestServer({ CATALOG: 'quizmarker', JOBS_ENABLED: 'true', STORAGE_URL: storage, RECENT_LOGIN_MINUTES: '0' }, database, { clock });
  const { email } = await server.app.get(PlatformAdminsService).createPlatformAdmin(server.world.email('operator'), 'Olga', goodPassword);
  operator = server.api.as(ok(await server.api.post('/auth/login', { email, password: goodPassword })).accessToken as string);
});
beforeEach(() => void (clock.time = new Date()));
afterEach(async () => void (await look.query('delete from organization_exports')));
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function ok({ status, body, text }: Answer): Answer['body'] {
  if (status >= 300) throw new Error(text);
  return body;
}
const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const files = async (): Promise<string[]> => (await readdir(path.join(folder, 'storage'), { recursive: true }).catch(() => [])).filter((name) => name.includes('.zip'));

/** Lets the worker look for work now, and not after its interval. */
const lookNow = (): void => server.app.get(RunExportsWorker).lookAgain();

/** Creates an export and waits until it is ready. */
async function ready(api: Person['api'], exportsPath: string): Promise<{ id: string; path: string; body: Answer['body'] }> {
  const created = await api.post(exportsPath);
  expect(created.status).toBe(201);
  const { id } = created.body as { id: string };
  lookNow();
  const { body } = await eventually(
    () => api.get(`${exportsPath}/${id}`),
    (answer) => answer.body.status !== 'queued' && answer.body.status !== 'running',
  );
  expect(body.status).toBe('ready');
  return { id, path: `${exportsPath}/${id}`, body };
}
const linkTo = async (api: Person['api'], exportPath: string): Promise<URL> => {
  const { url } = ok(await api.post(`${exportPath}/link`)) as { url: string };
  return new URL(new URL(url).pathname + new URL(url).search, server.url);
};
const download = (link: URL, headers: Record<string, string> = {}): Promise<Response> => fetch(link, { headers });
async function archiveOf(response: Response): Promise<Map<string, Buffer>> {
  const file = path.join(folder, 'download.zip');
  await writeFile(file, Buffer.from(await response.arrayBuffer()));
  return entriesOf(file);
}

describe('an export of an organization over HTTP', () => {
  it('an owner exports the organization, gets a mail, and downloads the archive with a link and no other credential', async () => {
    const owner = await server.world.owner({ verified: true });
    const member = await server.world.member(owner);
    ok(await owner.api.post(`${owner.home}/teams`, { name: 'The team of the export' }));
    const { path: exported, body } = await ready(owner.api, `${owner.home}/exports`);
    expect(body).toMatchObject({ rowsDone: body.rowsTotal, bytes: expect.any(Number), requestedById: owner.userId });
    expect(body.rowsTotal).toBeGreaterThan(4);
    const response = await download(await linkTo(owner.api, exported));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String(body.bytes));
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${owner.slug}.zip"`);
    const entries = await archiveOf(response);
    const manifest = JSON.parse(entries.get('manifest.json')?.toString() ?? '') as Manifest;
    expect(manifest.organization.id).toBe(owner.organizationId);
    expect(manifest.files.reduce((sum, { rows }) => sum + rows, 0)).toBe(body.rowsTotal);
    expect(entries.get('tables/teams.ndjson')?.toString()).toContain('The team of the export');
    expect(entries.get('tables/users.ndjson')?.toString()).toContain(member.email);
    const mail = await look.query(`select from mail_messages where template = 'export-ready' and recipient = $1 and organization_id = $2`, [owner.email, owner.organizationId]);
    expect(mail.rowCount).toBe(1);
  });

  it('the archive of an owner has no credentials, and neither addresses nor names of people who are no members; that of an operator is whole', async () => {
    const owner = await server.world.owner({ verified: true });
    ok(await owner.api.patch('/tenant/integrations', { slack: { secrets: { token: 'a secret of the integration' } } }));
    const stranger = await server.world.owner({ verified: true });
    await look.query(`insert into join_requests (organization_id, id, user_id, email, name) values ($1, gen_random_uuid(), $2, 'asked@example.com', 'Asked')`, [
      owner.organizationId,
      stranger.userId,
    ]);
    const own = await archiveOf(await download(await linkTo(owner.api, (await ready(owner.api, `${owner.home}/exports`)).path)));
    const names = [...own.keys()];
    for (const table of ['credentials', 'second_factors', 'recovery_codes', 'integration_secrets']) expect(names).not.toContain(`tables/${table}.ndjson`);
    const users = own.get('tables/users.ndjson')?.toString() ?? '';
    expect(users).toContain(owner.email);
    expect(users).toContain(`${stranger.userId}@not-a-member.invalid`);
    expect(users).not.toContain(stranger.email);
    const tenant = `/tenants/${owner.organizationId}/exports`;
    const whole = await archiveOf(await download(await linkTo(operator, (await ready(operator, tenant)).path)));
    expect(whole.get('tables/credentials.ndjson')?.toString()).toContain(owner.userId);
    expect(whole.get('tables/users.ndjson')?.toString()).toContain(stranger.email);
    expect(ok(await owner.api.get(`${owner.home}/exports`)).data).toHaveLength(1);
  });

  it('a download is resumed by range, and begins again when the ETag is another one', async () => {
    const owner = await server.world.owner();
    const link = await linkTo(owner.api, (await ready(owner.api, `${owner.home}/exports`)).path);
    const whole = await download(link);
    const [content, etag] = [Buffer.from(await whole.arrayBuffer()), whole.headers.get('etag') ?? ''];
    expect(whole.headers.get('accept-ranges')).toBe('bytes');
    const part = async (range: string, more: Record<string, string> = {}): Promise<unknown> => {
      const response = await download(link, { range, ...more });
      return [response.status, response.headers.get('content-range'), Buffer.from(await response.arrayBuffer()).toString('base64')];
    };
    const expected = (start: number, end: number): unknown => [206, `bytes ${start}-${end}/${content.length}`, content.subarray(start, end + 1).toString('base64')];
    const [last, all] = [content.length - 1, [200, null, content.toString('base64')]];
    expect(await part('bytes=0-99')).toEqual(expected(0, 99));
    expect(await part('bytes=100-', { 'if-range': etag })).toEqual(expected(100, last));
    expect(await part('bytes=-5')).toEqual(expected(last - 4, last));
    expect(await part(`bytes=10-${10 * content.length}`)).toEqual(expected(10, last));
    for (const ignored of ['bytes=5-2', 'bytes=-', 'items=0-1', 'bytes=0-1,5-6', 'bytes=a-b']) expect(await part(ignored)).toEqual(all);
    expect(await part('bytes=100-', { 'if-range': '"another"' })).toEqual(all);
    const beyond = await download(link, { range: `bytes=${content.length}-` });
    expect([beyond.status, await beyond.json()]).toMatchObject([416, { code: 'invalid_byte_range' }]);
  });

  it('a link ends after an hour, with its export, and with the role of its maker; and no other link works', async () => {
    const [owner, other] = await server.world.twoTenants();
    const exported = await ready(owner.api, `${owner.home}/exports`);
    const foreign = await ready(other.api, `${other.home}/exports`);
    const link = await linkTo(owner.api, exported.path);
    const token = link.searchParams.get('link') ?? '';
    const refused = async (exportId: string, wanted: string): Promise<void> => {
      const url = new URL(link);
      url.pathname = `/api/v1/organization-exports/${exportId}/download`;
      url.searchParams.set('link', wanted);
      const response = await download(url);
      expect([response.status, await response.json()]).toMatchObject([404, { code: 'export_link_invalid' }]);
    };
    await refused(foreign.id, token);
    const [content = '', signature = ''] = token.split('.');
    const forged = Buffer.from(JSON.stringify([other.organizationId, owner.userId, Date.now() + day])).toString('base64url');
    for (const wrong of ['x', '.', content, `${content}.`, `${forged}.${signature}`, `${content}.${signature.slice(1)}A`, `${content}.${signature}.x`.slice(1)])
      await refused(exported.id, wrong);
    expect((await download(link)).status).toBe(200);
    clock.time = new Date(Date.now() + hour + 1000);
    await refused(exported.id, token);
    clock.time = new Date();
    await look.query(`update memberships set role = 'member' where organization_id = $1 and user_id = $2`, [owner.organizationId, owner.userId]);
    await refused(exported.id, token);
    const theirs = await linkTo(other.api, foreign.path);
    ok(await other.api.post(`${foreign.path}/cancel`));
    await refused(foreign.id, theirs.searchParams.get('link') ?? '');
    expect((await files()).filter((name) => name.includes(other.organizationId))).toEqual([]);
  });

  it('another organization, a member and an API key cannot reach an export', async () => {
    const [owner, other] = await server.world.twoTenants();
    const member = await server.world.member(owner);
    const exported = await ready(owner.api, `${owner.home}/exports`);
    for (const stolen of [`${other.home}/exports/${exported.id}`, exported.path]) {
      expect(refusal(await other.api.get(stolen))).toMatchObject({ status: 404 });
      expect(refusal(await other.api.post(`${stolen}/link`))).toMatchObject({ status: 404 });
      expect(refusal(await other.api.post(`${stolen}/cancel`))).toMatchObject({ status: 404 });
    }
    for (const answer of [await member.api.get(exported.path), await member.api.post(`${exported.path}/link`), await member.api.post(`${owner.home}/exports`)])
      expect(refusal(answer)).toMatchObject({ status: 403, code: 'access_denied' });
    const operators = await ready(operator, `/tenants/${owner.organizationId}/exports`);
    expect(refusal(await owner.api.post(`${owner.home}/exports/${operators.id}/link`))).toMatchObject({ status: 404 });
    expect(refusal(await owner.api.post(`${owner.home}/exports/${operators.id}/cancel`))).toMatchObject({ status: 404 });
  });

  it('one export of an organization runs at a time, and five are created in an hour, also by parallel requests', async () => {
    const owner = await server.world.owner();
    await look.query(`insert into organization_exports (organization_id, id, status, created_at) select $1, gen_random_uuid(), 'failed', now() from generate_series(1, 3) n`, [
      owner.organizationId,
    ]);
    const answers = await Promise.all(Array.from({ length: 6 }, () => owner.api.post(`${owner.home}/exports`)));
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(2);
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) expect(['organization_export_running', 'too_many_exports']).toContain(answer.body.code);
    await look.query(`insert into organization_exports (organization_id, id, status) values ($1, gen_random_uuid(), 'failed')`, [owner.organizationId]);
    await eventually(
      () => owner.api.post(`${owner.home}/exports`),
      ({ body }) => body.code === 'too_many_exports',
    );
  });

  it('the file is deleted after seven days, and files of replicas that died when a server starts', async () => {
    expect((await files()).filter((name) => name.includes('00000000-'))).toEqual([]);
    const owner = await server.world.owner();
    const exported = await ready(owner.api, `${owner.home}/exports`);
    expect((await files()).some((name) => name.includes(owner.organizationId))).toBe(true);
    clock.time = new Date(Date.now() + 7 * day + 1000);
    lookNow();
    const expired = (): Promise<unknown> => look.query('select status from organization_exports where id = $1', [exported.id]).then(({ rows }) => rows[0]?.status);
    expect(await eventually(expired, (status) => status === 'expired')).toBe('expired');
    expect((await files()).some((name) => name.includes(owner.organizationId))).toBe(false);
  });

  it('an export that died with its replica is begun again, and ends after three attempts', async () => {
    const owner = await server.world.owner();
    const insert = async (attempts: number): Promise<string> => {
      const { rows } = await look.query<{ id: string }>(
        `insert into organization_exports (organization_id, id, status, lease, due_at, attempts, requested_by_id) values ($1, gen_random_uuid(), 'running', gen_random_uuid(), now() - interval '1 second', $2, $3) returning id`,
        [owner.organizationId, attempts, owner.userId],
      );
      return rows[0]?.id ?? '';
    };
    const statusOf = (id: string): Promise<string> => owner.api.get(`${owner.home}/exports/${id}`).then(({ body }) => body.status as string);
    const [once, thrice] = [await insert(1), await insert(3)];
    expect(
      await eventually(
        () => statusOf(once),
        (status) => status === 'ready',
      ),
    ).toBe('ready');
    expect(
      await eventually(
        () => statusOf(thrice),
        (status) => status === 'failed',
      ),
    ).toBe('failed');
    const mails = await look.query<{ template: string }>('select template from mail_messages where recipient = $1 and organization_id = $2 order by template', [
      owner.email,
      owner.organizationId,
    ]);
    expect(mails.rows.map(({ template }) => template).filter((template) => template.startsWith('export-'))).toEqual(['export-failed', 'export-ready']);
  });

  it('a suspended organization still exports', async () => {
    const owner = await server.world.owner({ verified: true });
    ok(await operator.post(`/tenants/${owner.organizationId}/suspend`, { reason: 'unpaid' }));
    const { path: exported } = await ready(owner.api, `${owner.home}/exports`);
    expect((await download(await linkTo(owner.api, exported))).status).toBe(200);
  });
});
