import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { PlatformAdminsService } from '../../src/modules/auth/platform/platform-admins.service.js';
import { TenantExportService } from '../../src/modules/tenants/archive/tenant-export.service.js';
import { TenantContext } from '../../src/tenancy/tenant-context.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { Client } from '../support/client.js';
import { goodPassword, type Person } from '../support/world.js';

interface Entry {
  readonly id: string;
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null };
  readonly action: string;
  readonly recordIds: readonly string[];
  readonly ip: string;
  readonly userAgent: string;
  readonly requestId: string;
  readonly occurredAt: string;
}

let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({}, database);
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
});
afterAll(async () => {
  await look.end();
  await server.close();
  await database.drop();
});

/** Somebody whose organization has FERPA on. */
async function school(): Promise<Person> {
  const owner = await server.world.signUp();
  expect((await owner.api.patch('/tenant/compliance', { ferpa: true })).status).toBe(200);
  return owner;
}

const team = async ({ api, home }: Person): Promise<string> => (await api.post(`${home}/teams`, { name: server.world.unique('pupils') })).body.id;
const marked = (client: Client): { api: Client; requestId: string } => {
  const requestId = randomUUID();
  return { requestId, api: client.with({ 'x-request-id': requestId, 'user-agent': 'a reader' }) };
};
const entriesOf = async (requestId: string): Promise<unknown[]> =>
  (
    await look.query(
      `select organization_id, actor_kind, actor_id, actor_name, action, ip, user_agent, array(select record_id from access_log_records r where r.entry_id = a.id order by 1) as records
         from access_log a where request_id = $1`,
      [requestId],
    )
  ).rows;
const logOf = async (owner: Person, query = ''): Promise<Entry[]> => (await owner.api.get(`${owner.home}/access-logs${query}`)).body.data;

describe('a change that returns a record', () => {
  it.each(['team', 'member', 'role', 'invitation'])('a change of a %s that returns it is recorded as a read of it', async (kind) => {
    const owner = await school();
    const member = await server.world.invited(owner);
    const { api, requestId } = marked(owner.api);
    const send: Record<string, () => Promise<{ status: number; id: string }>> = {
      team: async () => {
        const id = await team(owner);
        return { status: (await api.patch(`${owner.home}/teams/${id}`, {})).status, id };
      },
      member: async () => ({ status: (await api.patch(`${owner.home}/members/${member.userId}`, { role: 'admin' })).status, id: member.userId }),
      role: async () => {
        const answer = await api.post(`${owner.home}/roles`, { key: 'reader', name: 'Reader', permissions: [] });
        return { status: answer.status, id: answer.body.id as string };
      },
      invitation: async () => {
        const answer = await api.post(`${owner.home}/invitations`, { email: server.world.email(), role: 'member' });
        return { status: answer.status, id: answer.body.data[0].id as string };
      },
    };
    const { status, id } = (await send[kind]?.()) ?? { status: 0, id: '' };
    expect(status).toBeLessThan(300);
    const [entry, ...more] = (await entriesOf(requestId)) as { records: string[] }[];
    expect(more).toEqual([]);
    expect(entry?.records).toEqual(expect.arrayContaining([id].filter((each) => each !== undefined)));
  });

  it('a change that returns nothing, or is refused, leaves no entry', async () => {
    const owner = await school();
    const id = await team(owner);
    const { api, requestId } = marked(owner.api);
    expect((await api.patch(`${owner.home}/teams/${randomUUID()}`, {})).status).toBe(404);
    expect((await api.delete(`${owner.home}/teams/${id}`)).status).toBe(204);
    expect(await entriesOf(requestId)).toEqual([]);
  });
});

describe('a read in an organization that has FERPA on', () => {
  it('an answered read is recorded with actor, records, time and address', async () => {
    const owner = await school();
    const member = await server.world.invited(owner);
    const id = await team(owner);
    const { api, requestId } = marked(member.api);
    expect((await api.get(`${owner.home}/teams/${id}`)).status).toBe(200);
    expect(await entriesOf(requestId)).toEqual([
      {
        organization_id: owner.organizationId,
        actor_kind: 'user',
        actor_id: member.userId,
        actor_name: `Mel Member <${member.email}>`,
        action: 'getTeam',
        ip: '127.0.0.1',
        user_agent: 'a reader',
        records: [id],
      },
    ]);
  });

  it('the entry for a list names the records of the page', async () => {
    const owner = await school();
    const ids = [await team(owner), await team(owner), await team(owner)];
    const { api, requestId } = marked(owner.api);
    const { data } = (await api.get(`${owner.home}/teams?limit=2`)).body as { data: { id: string }[] };
    expect(await entriesOf(requestId)).toMatchObject([{ action: 'listTeams', records: data.map(({ id }) => id).toSorted() }]);
    expect(ids).toEqual(expect.arrayContaining(data.map(({ id }) => id)));
    const members = marked(owner.api);
    await members.api.get(`${owner.home}/members`);
    expect(await entriesOf(members.requestId)).toMatchObject([{ action: 'listMembers', records: [owner.userId] }]);
  });

  it('reads by an API key and by an impersonating operator are recorded under the key and the operator', async () => {
    const owner = await school();
    const key = (await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['teams:read'] })).body;
    const byKey = marked(server.api.with({ 'x-api-key': key.key }));
    expect((await byKey.api.get(`${owner.home}/teams`)).status).toBe(200);
    expect(await entriesOf(byKey.requestId)).toMatchObject([{ actor_kind: 'key', actor_id: key.id, action: 'listTeams', records: [] }]);

    const admin = await server.app.get(PlatformAdminsService).createPlatformAdmin(server.world.email('operator'), 'Olga', goodPassword);
    const operator = server.api.as((await server.api.post('/auth/login', { email: admin.email, password: goodPassword })).body.accessToken);
    const { accessToken } = (await operator.post(`/tenants/${owner.organizationId}/impersonate`, { userId: owner.userId, reason: 'Ticket 4711' })).body;
    const impersonating = marked(server.api.as(accessToken));
    expect((await impersonating.api.get(`${owner.home}/teams`)).status).toBe(200);
    expect(await entriesOf(impersonating.requestId)).toMatchObject([{ actor_kind: 'operator', actor_id: admin.userId, actor_name: expect.stringContaining('Ticket 4711') }]);
  });

  it('an operator’s read of the audit log and an export of the archive are recorded', async () => {
    const [owner, other] = [await school(), await server.world.signUp()];
    const admin = await server.app.get(PlatformAdminsService).createPlatformAdmin(server.world.email('operator'), 'Olga', goodPassword);
    const operator = marked(server.api.as((await server.api.post('/auth/login', { email: admin.email, password: goodPassword })).body.accessToken));
    for (const { organizationId } of [owner, other]) expect((await operator.api.get(`/tenants/audit-logs?organizationId=${organizationId}`)).status).toBe(200);
    const { organizationId } = owner;
    expect(await entriesOf(operator.requestId)).toMatchObject([
      { organization_id: organizationId, actor_kind: 'operator', actor_id: admin.userId, action: 'listPlatformAuditLogs', records: [organizationId] },
    ]);
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-access-'));
    const exporting = server.app.get(TenantExportService);
    const write = (): Promise<unknown> => exporting.exportTenant(owner.slug, path.join(folder, 'archive.zip'));
    await server.app.get(TenantContext).runAsPlatform('cli tenant:export', write, { kind: 'operator' });
    await rm(folder, { recursive: true });
    expect((await logOf(owner, `?recordId=${organizationId}`)).at(0)).toMatchObject({ actor: { kind: 'operator', id: null }, action: 'cli tenant:export' });
  });

  it('failed and refused reads leave no entry in the access log', async () => {
    const owner = await school();
    const member = await server.world.invited(owner);
    const { api, requestId } = marked(owner.api);
    expect((await api.get(`${owner.home}/teams/${randomUUID()}`)).status).toBe(404);
    expect((await member.api.with({ 'x-request-id': requestId }).get(`${owner.home}/audit-logs`)).status).toBe(403);
    expect(await entriesOf(requestId)).toEqual([]);
  });

  it('a read that cannot be recorded is not answered', async () => {
    const owner = await school();
    const id = await team(owner);
    await database.alter(
      `create function refuse_entry() returns trigger language plpgsql as $$ begin raise 'the disk is full'; end $$`,
      'create trigger refuse_entry before insert on access_log for each row execute function refuse_entry()',
    );
    const answer = await owner.api.get(`${owner.home}/teams/${id}`);
    const file = await owner.api.get(`${owner.home}/audit-logs/export?format=csv`);
    await database.alter('drop trigger refuse_entry on access_log', 'drop function refuse_entry()');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(answer.text).not.toContain('Pupils');
    expect(file).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(file.headers.has('content-disposition')).toBe(false);
  });

  it('reads are recorded from the request after FERPA is switched on until it is switched off', async () => {
    const owner = await server.world.signUp();
    const read = async (): Promise<number> => {
      const { api, requestId } = marked(owner.api);
      await api.get(`${owner.home}/teams`);
      return (await entriesOf(requestId)).length;
    };
    const found = [await read()];
    for (const ferpa of [true, false, true]) {
      await owner.api.patch('/tenant/compliance', { ferpa });
      found.push(await read());
    }
    expect(found).toEqual([0, 1, 0, 1]);
  });

  it('a read with FERPA leaves no event in the audit log', async () => {
    const owner = await school();
    await owner.api.get(`${owner.home}/teams`);
    const { data } = (await owner.api.get(`${owner.home}/audit-logs`)).body as { data: { action: string }[] };
    expect(data.map(({ action }) => action)).toEqual(['updateCompliance', 'signUp']);
  });
});

describe('the access log', () => {
  it('members with audit:read can list the access log, newest first, in pages', async () => {
    const owner = await school();
    const [member, other] = [await server.world.invited(owner), await school()];
    for (let n = 0; n < 3; n++) await owner.api.get(`${owner.home}/teams`);
    const first = await owner.api.get(`${owner.home}/access-logs?limit=2`);
    expect(first).toMatchObject({ status: 200, body: { data: [{ action: 'listTeams' }, { action: 'listTeams' }] } });
    const second = await owner.api.get(`${owner.home}/access-logs?limit=2&cursor=${first.body.nextCursor}`);
    // The oldest of the three, behind the page before, which does not hold what was recorded since; then the invitation, which was returned too.
    expect(second.body).toMatchObject({ data: [{ action: 'listTeams', actor: { kind: 'user', id: owner.userId } }, { action: 'createInvitations' }], nextCursor: null });
    expect((await member.api.get(`${owner.home}/access-logs`)).status).toBe(403);
    expect((await other.api.get(`${owner.home}/access-logs`)).status).not.toBe(200);
    expect(await other.api.get(`${other.home}/access-logs?cursor=${first.body.nextCursor}`)).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
    expect(JSON.stringify(await logOf(other))).not.toContain(owner.userId);
  });

  it('the access log can be filtered by actor, record and time', async () => {
    const owner = await school();
    const member = await server.world.invited(owner);
    const [mine, theirs] = [await team(owner), await team(owner)];
    await owner.api.get(`${owner.home}/teams/${mine}`);
    // The two requests must be logged in different milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await member.api.get(`${owner.home}/teams/${theirs}`);
    const read = async (query: string): Promise<(readonly string[])[]> =>
      (await logOf(owner, query)).filter(({ action }) => action === 'getTeam').map(({ recordIds }) => recordIds);
    expect(await read(`?actorId=${member.userId}`)).toEqual([[theirs]]);
    expect(await read(`?recordId=${mine}`)).toEqual([[mine]]);
    expect(await read(`?recordId=${randomUUID()}`)).toEqual([]);
    const last = (await logOf(owner, `?recordId=${theirs}`))[0]?.occurredAt ?? '';
    expect(await read(`?from=${last}`)).toEqual([[theirs]]);
    expect(await read(`?to=${last}`)).toEqual([[mine]]);
    expect((await owner.api.get(`${owner.home}/access-logs?from=yesterday`)).status).toBe(400);
  });

  it('the access log is exported as NDJSON and as CSV without formulas, and the export is recorded', async () => {
    const owner = await school();
    await owner.api.with({ 'user-agent': '=cmd|"/c calc"!A1, x' }).get(`${owner.home}/teams`);
    const ndjson = marked(owner.api);
    const answer = await ndjson.api.get(`${owner.home}/access-logs/export?format=ndjson`);
    expect(answer.headers.get('content-disposition')).toContain('access-log.ndjson');
    const actions = answer.text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Entry).action);
    expect(actions.slice(-1)).toEqual(['listTeams']);
    expect(await entriesOf(ndjson.requestId)).toMatchObject([{ action: 'exportAccessLogs' }]);
    const csv = (await owner.api.get(`${owner.home}/access-logs/export?format=csv`)).text;
    expect(csv).toContain(`"'=cmd|""/c calc""!A1, x"`);
    const audit = marked(owner.api);
    await audit.api.get(`${owner.home}/audit-logs/export?format=csv`);
    expect(await entriesOf(audit.requestId)).toMatchObject([{ action: 'exportAuditLogs' }]);
  });

  it('the export of the access log is complete when it spans several batches', async () => {
    const owner = await school();
    await look.query(
      `insert into access_log (organization_id, id, actor_kind, action, created_at) select $1, gen_random_uuid(), 'user', 'bulk', now() - n % 7 * interval '1 second' from generate_series(1, 1234) n`,
      [owner.organizationId],
    );
    const lines = (await owner.api.get(`${owner.home}/access-logs/export?format=ndjson`)).text.trim().split('\n');
    const ids = lines.map((line) => JSON.parse(line) as Entry).filter(({ action }) => action === 'bulk');
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1234);
    expect(ids).toHaveLength(1234);
  });

  it('the application can append to the access log, but not change or truncate it', async () => {
    const { organizationId } = await school();
    const client = new pg.Client({ connectionString: database.app });
    await client.connect();
    await client.query(`set app.current_organization_id = '${organizationId}'`);
    for (const sql of ['update access_log set action = null', 'delete from access_log', 'delete from access_log_records', 'truncate access_log, access_log_records'])
      await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
    await expect(client.query(`insert into access_log (id, organization_id, actor_kind, action) values (gen_random_uuid(), gen_random_uuid(), 'user', 'x')`)).rejects.toMatchObject(
      {
        code: '42501',
      },
    );
    await client.end();
  });
});
