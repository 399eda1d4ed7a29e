import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PlatformDb } from '../../src/database/platform-db.js';
import { AuditErasureService } from '../../src/modules/audit/hash-chain/audit-erasure.service.js';
import { AuditRefusalsService } from '../../src/modules/audit/audit-log/audit-refusals.service.js';
import { AuditVerificationService, type ChainReport } from '../../src/modules/audit/hash-chain/audit-verification.service.js';
import { TenantContext, type Actor } from '../../src/tenancy/tenant-context.js';
import { changedToken } from '../support/changed-token.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { runJob } from '../support/jobs.js';
import { statementsSentBy } from '../support/sent-statements.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { goodPassword, type Person } from '../support/world.js';
import { chained } from '../support/audit.js';

const urls = testDatabase();
let server: TestServer;
let database: pg.Pool;
/** Bypasses row security and triggers, as no role of the application can: an attacker with access to the server. */
let intruder: pg.Client;
let intruderUrl: string;
beforeAll(async () => {
  server = await startTestServer();
  database = new pg.Pool({ connectionString: urls.platform, max: 2 });
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  intruderUrl = Object.assign(new URL(url), { pathname: new URL(urls.owner).pathname }).href;
  intruder = await connected(intruderUrl);
  await intruder.query(`set session_replication_role = replica`);
});
afterAll(async () => {
  await intruder.end();
  await database.end();
  await server.close();
});

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

interface Row {
  readonly organization_id: string | null;
  readonly sequence: string;
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly times: number;
  readonly changes: number;
  readonly target_table: string | null;
  readonly name: string | null;
  readonly listed: { table: string; operation: string; before: Record<string, unknown> | null; after: Record<string, unknown> | null }[] | null;
}

async function eventsOf(where: string, ...values: unknown[]): Promise<Row[]> {
  const { rows } = await (
    await chained(database)
  ).query<Row>(`select e.*, e.actor_name as name, e.details as listed from audit.events e where ${where} order by e.sequence`, values);
  return rows;
}

const logOf = ({ home }: Person, query = ''): string => `${home}/audit-logs${query}`;

async function verify(organizationId: string): Promise<ChainReport> {
  await chained(database);
  const [report] = (await server.app.get(AuditVerificationService).verifyLog(organizationId)).chains;
  if (report === undefined) throw new Error('there is no chain');
  return report;
}

/** An organization with a few events. */
async function busy(): Promise<Person> {
  const owner = await server.world.signUp();
  for (const name of ['One', 'Two', 'Three', 'Four']) await owner.api.post(`${owner.home}/teams`, { name });
  await chained(database);
  return owner;
}

describe('the log of an organization', () => {
  it('members read the audit log page by page, newest first', async () => {
    const owner = await busy();
    const first = await owner.api.get(logOf(owner, '?limit=2'));
    expect(first).toMatchObject({ status: 200, body: { data: [{ sequence: 5, action: 'createTeam' }, { sequence: 4 }] } });
    expect(first.body.data[0]).toMatchObject({
      actor: { kind: 'user', id: owner.userId, name: `Olive Owner <${owner.email}>` },
      outcome: 'done',
      target: { table: 'teams' },
      ip: '127.0.0.1',
      changeCount: 1,
      changes: [{ table: 'teams', operation: 'insert', before: null, after: { name: 'Four' } }],
    });
    const second = await owner.api.get(logOf(owner, `?limit=2&cursor=${first.body.nextCursor}`));
    expect(second.body.data.map(({ sequence }: { sequence: number }) => sequence)).toEqual([3, 2]);
    const third = await owner.api.get(logOf(owner, `?limit=2&cursor=${second.body.nextCursor}`));
    expect(third.body).toMatchObject({
      data: [{ sequence: 1, action: 'signUp', actor: { kind: 'user', id: owner.userId, name: `Olive Owner <${owner.email}>` } }],
      nextCursor: null,
    });
  });

  it('the audit log can be filtered by action, actor, target, outcome, request and time', async () => {
    const owner = await busy();
    const { data } = (await owner.api.get(logOf(owner))).body as { data: { sequence: number; occurredAt: string; requestId: string; target: { id: string } }[] };
    const [, second, third] = data;
    const found = async (query: string): Promise<number[]> => (await owner.api.get(logOf(owner, `?${query}`))).body.data.map(({ sequence }: { sequence: number }) => sequence);
    expect(await found('action=signUp')).toEqual([1]);
    expect(await found(`actorId=${owner.userId}`)).toEqual([5, 4, 3, 2, 1]);
    expect(await found(`actorId=${randomUUID()}`)).toEqual([]);
    expect(await found(`targetId=${third?.target.id}`)).toEqual([3]);
    expect(await found('outcome=refused')).toEqual([]);
    expect(await found(`requestId=${second?.requestId}`)).toEqual([4]);
    expect(await found(`from=${third?.occurredAt}&to=${second?.occurredAt}`)).toEqual([3]);
    expect(await found('from=2100-01-01T00:00:00.000Z')).toEqual([]);
    expect((await owner.api.get(logOf(owner, '?outcome=maybe'))).status).toBe(400);
  });

  it('only members with audit:read can read the audit log', async () => {
    const [owner, other] = [await busy(), await busy()];
    const member = await server.world.member(owner);
    expect((await member.api.get(logOf(owner))).status).toBe(403);
    expect((await other.api.get(logOf(owner))).status).not.toBe(200);
    const { nextCursor } = (await owner.api.get(logOf(owner, '?limit=1'))).body;
    expect(await other.api.get(logOf(other, `?cursor=${nextCursor}`))).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
    const theirs = (await owner.api.get(logOf(owner))).text;
    expect(theirs).not.toContain(other.organizationId);
  });

  it('the audit log is exported as NDJSON and as CSV without formulas', async () => {
    const owner = await busy();
    const evil = owner.api.with({ 'user-agent': '=cmd|"/c calc"!A1, x' });
    await evil.post(`${owner.home}/teams`, { name: 'Five' });
    const ndjson = await owner.api.get(logOf(owner, '/export?format=ndjson'));
    expect(ndjson.headers.get('content-disposition')).toContain('audit-log.ndjson');
    const lines = ndjson.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toEqual((await owner.api.get(logOf(owner, '?limit=100'))).body.data);
    const csv = (await owner.api.get(logOf(owner, '/export?format=csv&action=createTeam'))).text;
    expect(csv.split('\r\n')).toHaveLength(1 + 5 + 1);
    expect(csv).toContain(`"'=cmd|""/c calc""!A1, x"`);
    expect((await owner.api.get(logOf(owner, '/export?format=xml'))).status).toBe(400);
  });
});

describe('a change', () => {
  it('a failed change leaves no event', async () => {
    const owner = await server.world.owner();
    const [key, requestId] = [server.world.unique('role').replace('-', '_'), randomUUID()];
    const marked = owner.api.with({ 'x-request-id': requestId });
    await owner.api.post(`${owner.home}/roles`, { key, name: 'Role', permissions: [] });
    expect((await marked.post(`${owner.home}/roles`, { key, name: 'Role', permissions: [] })).status).toBe(409);
    expect((await marked.post(`${owner.home}/teams`, { name: '' })).status).toBe(400);
    expect((await marked.delete(`${owner.home}/teams/${randomUUID()}`)).status).toBe(404);
    expect((await marked.post(`${owner.home}/leave`)).status).toBe(409);
    expect(await eventsOf('e.request_id = $1', requestId)).toEqual([]);
  });

  it('a change that is rolled back to a savepoint is not in the event', async () => {
    const { organizationId } = await server.world.owner();
    const client = await database.connect();
    const insert = (name: string): Promise<unknown> => client.query(`insert into teams (organization_id, id, name) values ($1, gen_random_uuid(), $2)`, [organizationId, name]);
    await client.query('begin');
    await insert('kept');
    await client.query('savepoint s');
    await insert('undone');
    await client.query('rollback to s');
    await client.query('commit');
    client.release();
    const [event] = (await eventsOf('e.organization_id = $1', organizationId)).slice(-1);
    expect(event).toMatchObject({ actor_kind: 'system', action: 'sql', name: new URL(urls.platform).username, changes: 1, listed: [{ after: { name: 'kept' } }] });
  });

  it('an update without a recorded change leaves no event', async () => {
    const { organizationId, userId } = await server.world.owner();
    const before = (await eventsOf('e.organization_id = $1', organizationId)).length;
    await database.query('update organizations set name = name, updated_at = now(), access_version = access_version + 1 where id = $1', [organizationId]);
    await database.query('update users set last_login_at = now() where id = $1', [userId]);
    expect(await eventsOf('e.organization_id = $1', organizationId)).toHaveLength(before);
  });

  it('a change of very many rows is one event that lists the first thousand', async () => {
    const { organizationId } = await server.world.signUp();
    await database.query(`insert into teams (organization_id, id, name) select $1, gen_random_uuid(), 'P' || n from generate_series(1, 1500) n`, [organizationId]);
    const [event] = (await eventsOf('e.organization_id = $1', organizationId)).slice(-1);
    expect(event).toMatchObject({ changes: 1500, listed: { length: 1000 } });
    expect((await verify(organizationId)).bad).toBeUndefined();
  });

  it('an event has the content of its rows up to 1 MB, and no value of a larger row that has more than 8 KB', async () => {
    const { organizationId } = await server.world.owner();
    const add = `insert into teams (organization_id, id, name, description) select $1, gen_random_uuid(), gen_random_uuid(), repeat('x', $2) from generate_series(1, $3)`;
    await database.query(add, [organizationId, 100_000, 12]);
    await database.query(add, [organizationId, 2_000_000, 1]);
    const [many, large] = (await eventsOf('e.organization_id = $1', organizationId)).slice(-2);
    expect(many).toMatchObject({ changes: 12, listed: { length: 12 } });
    expect(many?.listed?.map(({ after }) => (after?.['description'] as string | undefined)?.length)).toEqual([...Array.from({ length: 10 }, () => 100_000), undefined, undefined]);
    expect(large?.listed).toMatchObject([{ after: { name: expect.any(String), description: '[too large]' } }]);
    expect((await verify(organizationId)).bad).toBeUndefined();
  });

  it('a job leaves one event in each organization that it changes, with the job as the actor', async () => {
    const owner = await server.world.owner();
    await owner.api.patch('/tenant/compliance', { dataRetentionDays: 1 });
    await server.world.invitationToken(owner, server.world.email());
    await database.query(`update invitations set status = 'revoked', closed_at = now() - interval '3 days' where organization_id = $1`, [owner.organizationId]);
    const since = (await eventsOf('e.organization_id is null')).length;
    await runJob(server.app, 'apply-retention', new Date(Date.now() + 3_600_000 * 24 * 400));
    const own = (await eventsOf('e.organization_id = $1', owner.organizationId)).filter(({ action }) => action === 'job apply-retention');
    expect(own).toMatchObject([{ actor_kind: 'job', actor_id: 'apply-retention', listed: [{ table: 'invitations', operation: 'delete' }] }]);
    expect((await eventsOf('e.organization_id is null')).length).toBe(since);
  });

  it('50 concurrent changes get consecutive sequence numbers', async () => {
    const owner = await server.world.signUp();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => owner.api.post(`${owner.home}/teams`, { name: `P${n}` })));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(201));
    const events = await eventsOf('e.organization_id = $1', owner.organizationId);
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 51 }, (_, n) => n + 1));
    expect(await verify(owner.organizationId)).toMatchObject({ events: 51, bad: undefined });
  });
});

describe('what is refused', () => {
  const refusals = async (where: string, ...values: unknown[]): Promise<Row[]> => {
    await server.app.get(AuditRefusalsService).flush();
    return eventsOf(`e.outcome = 'refused' and ${where}`, ...values);
  };

  it('repeated refusals for a missing permission are one event of the organization', async () => {
    const owner = await server.world.signUp();
    const member = await server.world.invited(owner);
    for (let n = 0; n < 3; n++) await member.api.delete(`${owner.home}/members/${owner.userId}`);
    const events = await refusals('e.organization_id = $1', owner.organizationId);
    const [first] = events;
    expect(first).toMatchObject({ action: 'removeMember', actor_kind: 'user', actor_id: member.userId, code: 'access_denied', changes: 0 });
    // The timer may write in between.
    expect(events.length).toBeLessThan(3);
    expect(events.reduce((sum, { times }) => sum + times, 0)).toBe(3);
    expect((await verify(owner.organizationId)).bad).toBeUndefined();
    expect((await owner.api.get(logOf(owner, '?outcome=refused'))).body.data[0]).toMatchObject({ outcome: 'refused', code: 'access_denied', target: null });
  });

  it('the refusal of a disabled key is recorded in its organization, and of an unknown key on the platform', async () => {
    const owner = await server.world.owner();
    const made = (await owner.api.post(`${owner.home}/api-keys`, { name: 'Key', permissions: ['teams:read'] })).body;
    const keyId = made.id as string;
    const token = made.key as string;
    await owner.api.patch(`${owner.home}/api-keys/${keyId}`, { enabled: false });
    const requestId = randomUUID();
    const send = (key: string) => server.api.with({ 'x-api-key': key, 'x-request-id': requestId }).get(`${owner.home}/teams`);
    expect((await send(token)).body.code).toBe('api_key_disabled');
    expect((await send(changedToken(token))).status).toBe(401);
    expect(await refusals('e.request_id = $1', requestId)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ organization_id: owner.organizationId, actor_kind: 'key', actor_id: keyId, code: 'api_key_disabled' }),
        expect.objectContaining({ organization_id: null, actor_kind: 'anonymous', code: 'invalid_api_key' }),
      ]),
    );
  });

  it('failed logins are recorded on the platform, and attempts on other organizations in the caller’s own', async () => {
    const [owner, other] = await server.world.twoTenants();
    for (let n = 0; n < 11; n++) await server.api.post('/auth/login', { email: owner.email, password: 'wrong' });
    const wrong = await refusals('e.organization_id is null and e.actor_name = $1', owner.email);
    expect([...new Set(wrong.map(({ action, code }) => `${action} ${code}`))]).toEqual(['logIn invalid_credentials', 'logIn account_locked']);
    expect(wrong.reduce((sum, { times }) => sum + times, 0)).toBe(11);
    await other.api.post('/auth/switch-organization', { organizationId: owner.organizationId });
    expect(await refusals('e.actor_id = $1', other.userId)).toMatchObject([
      { organization_id: other.organizationId, action: 'switchOrganization', code: 'organization_not_found' },
    ]);
  });
});

describe('an organization that has its log switched off', () => {
  it('with the audit log disabled, only changes of the security policy are recorded', async () => {
    const owner = await server.world.signUp();
    const team = (): Promise<unknown> => owner.api.post(`${owner.home}/teams`, { name: server.world.unique('team') });
    await owner.api.patch('/tenant/security', { auditLogsEnabled: false });
    await team();
    await owner.api.patch('/tenant/security', { allowedEmailDomains: ['example.com'] });
    await team();
    await owner.api.patch('/tenant/security', { auditLogsEnabled: true });
    await team();
    const actions = (await eventsOf('e.organization_id = $1', owner.organizationId)).map(({ action }) => action);
    expect(actions).toEqual(['signUp', 'updateSecurity', 'updateSecurity', 'updateSecurity', 'createTeam']);
    expect((await verify(owner.organizationId)).bad).toBeUndefined();
  });
});

describe('what is recorded although the log is switched off', () => {
  const offSince = async (owner: Person): Promise<() => Promise<Row[]>> => {
    expect((await owner.api.patch('/tenant/security', { auditLogsEnabled: false })).status).toBe(200);
    const known = (await eventsOf('e.organization_id = $1', owner.organizationId)).length;
    return async () => {
      await server.app.get(AuditRefusalsService).flush();
      return (await eventsOf('e.organization_id = $1', owner.organizationId)).slice(known);
    };
  };
  async function operator(): Promise<Person['api']> {
    const person = await server.world.signUp();
    await server.app.get(PlatformDb).platformAdmin.create({ data: { userId: person.userId } });
    return server.api.as((await server.api.post('/auth/login', { email: person.email, password: goodPassword })).body.accessToken);
  }

  it('acts of operators are recorded', async () => {
    const owner = await server.world.signUp();
    const since = await offSince(owner);
    const api = await operator();
    const of = `/tenants/${owner.organizationId}`;
    const sent = [
      await api.patch(`${of}/limits`, { features: { custom_roles: true } }),
      await api.post(`${of}/suspend`, { reason: 'Unpaid' }),
      await api.post(`${of}/activate`, {}),
    ];
    expect(sent.map(({ status, text }) => (status < 300 ? status : text))).toEqual([200, 200, 200]);
    await owner.api.post(`${owner.home}/teams`, { name: 'Not recorded' });
    expect((await since()).map(({ action, actor_kind }) => `${actor_kind} ${action}`)).toEqual([
      'operator overrideTenantLimits',
      'operator suspendTenant',
      'operator activateTenant',
    ]);
    expect((await verify(owner.organizationId)).bad).toBeUndefined();
  });

  it('an impersonation and its acts are recorded', async () => {
    const owner = await server.world.owner();
    const since = await offSince(owner);
    await database.query(
      `insert into sessions (id, user_id, active_organization_id, impersonator_id, impersonation_reason, impersonation_scope, impersonator_session_id, expires_at)
       select gen_random_uuid(), $1, $2, $1, 'Support', 'read', s.id, now() + interval '1 hour' from sessions s where s.user_id = $1 limit 1`,
      [owner.userId, owner.organizationId],
    );
    const client = await database.connect();
    await client.query('begin');
    await client.query(`select set_config('app.audit', $1, true)`, [JSON.stringify({ actorKind: 'operator', actorId: owner.userId, action: 'createTeam' })]);
    await client.query(`insert into teams (organization_id, id, name) values ($1, gen_random_uuid(), 'As a member')`, [owner.organizationId]);
    await client.query('commit');
    client.release();
    expect((await since()).map(({ actor_kind, listed }) => [actor_kind, listed?.[0]?.table])).toEqual([
      ['system', 'sessions'],
      ['operator', 'teams'],
    ]);
  });

  it('changes of compliance settings, and erasures, are recorded', async () => {
    const owner = await server.world.signUp();
    const member = await server.world.invited(owner);
    const since = await offSince(owner);
    await owner.api.patch('/tenant/compliance', { ferpa: true });
    await owner.api.patch('/tenant/settings', { timezone: 'Europe/Berlin' });
    await server.app.get(AuditErasureService).erasePerson({ userId: member.userId });
    expect((await since()).map(({ target_table }) => target_table)).toEqual(['settings_documents', 'audit.actors']);
    expect((await verify(owner.organizationId)).bad).toBeUndefined();
    await database.query('delete from organizations where id = $1', [owner.organizationId]);
    const events = await eventsOf('e.organization_id = $1', owner.organizationId);
    expect(events.at(-1)).toMatchObject({ target_table: 'organizations', listed: [{ operation: 'delete', before: null }] });
    expect((await verify(owner.organizationId)).bad).toBeUndefined();
  });
});

describe('refusals in great numbers', () => {
  const flush = (): Promise<void> => server.app.get(AuditRefusalsService).flush();

  /** Refuses as the filter does, from many addresses, without the cost of requests. */
  function refuse(times: number, refusal: (n: number) => { code: string; claimed?: string; ip?: string; actor?: Actor; organizationId?: string }): void {
    const [context, refusals] = [server.app.get(TenantContext), server.app.get(AuditRefusalsService)];
    for (let n = 0; n < times; n += 1) {
      const { code, claimed, ip = '192.0.2.1', actor, organizationId } = refusal(n);
      const store = context.newStore(`noise ${n}`, { ip });
      Object.assign(store, { actor, concerned: organizationId, action: actor === undefined ? 'logIn' : `route${n}` });
      context.enter(store, () => refusals.refused({ status: 401, code }, claimed));
    }
  }
  const refusedIn = (where: string, ...values: unknown[]): Promise<Row[]> => eventsOf(`e.outcome = 'refused' and ${where}`, ...values);
  const total = (rows: readonly Row[]): number => rows.reduce((sum, { times }) => sum + times, 0);

  it('requests without a known caller do not push the refusal of a member out of the log, and are all counted', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    await flush();
    const known = await refusedIn('e.organization_id is null');
    const mark = server.world.unique('noise');
    refuse(3000, (n) => ({ code: 'invalid_credentials', claimed: `${mark}-${n}@example.com`, ip: `2001:db8::${(n % 300).toString(16)}` }));
    await member.api.delete(`${owner.home}/members/${owner.userId}`);
    refuse(3000, (n) => ({ code: 'invalid_credentials', claimed: `${mark}-${n}@example.org` }));
    await flush();
    expect(await refusedIn('e.organization_id = $1', owner.organizationId)).toMatchObject([{ action: 'removeMember', actor_id: member.userId, times: 1 }]);
    const noise = (await refusedIn('e.organization_id is null')).slice(known.length);
    expect(total(noise)).toBeGreaterThanOrEqual(6000);
    expect(noise.length).toBeLessThan(250);
    expect(noise.filter(({ name }) => name?.startsWith(mark) === true).length).toBeGreaterThan(20);
  });

  it('each member and each key has a budget of refusals, beyond which they are counted by code', async () => {
    const { organizationId } = await server.world.owner();
    const [loud, quiet] = [randomUUID(), randomUUID()];
    refuse(500, (n) => ({
      code: n % 2 === 0 ? 'access_denied' : 'plan_required',
      actor: { kind: 'user', userId: loud, sessionId: loud },
      organizationId,
      ip: `192.0.2.${n % 250}`,
    }));
    refuse(500, () => ({ code: 'api_key_disabled', actor: { kind: 'key', keyId: loud }, organizationId }));
    refuse(1, () => ({ code: 'access_denied', actor: { kind: 'user', userId: quiet, sessionId: quiet }, organizationId }));
    await flush();
    const events = await refusedIn('e.organization_id = $1', organizationId);
    expect(events.filter(({ actor_id }) => actor_id === quiet)).toMatchObject([{ code: 'access_denied', times: 1 }]);
    expect(total(events)).toBe(1001);
    expect(events.length).toBeLessThan(80);
  });

  it('refusals from before an erasure do not put names back into the log', async () => {
    const owner = await busy();
    const member = await server.world.invited(owner);
    const stranger = server.world.email();
    const gone = await busy();
    const goneMember = await server.world.invited(gone);
    await flush();
    await member.api.delete(`${owner.home}/members/${owner.userId}`);
    await server.api.post('/auth/login', { email: stranger, password: 'wrong' });
    await goneMember.api.delete(`${gone.home}/members/${gone.userId}`);
    await server.app.get(AuditErasureService).erasePerson({ userId: member.userId });
    await server.app.get(AuditErasureService).erasePerson({ email: stranger });
    await database.query('delete from organizations where id = $1', [gone.organizationId]);
    await flush();
    expect(await eventsOf(`e.outcome = 'refused' and e.organization_id = $1`, owner.organizationId)).toMatchObject([{ actor_id: member.userId, name: null }]);
    expect(await eventsOf(`e.outcome = 'refused' and e.organization_id = $1`, gone.organizationId)).toMatchObject([{ actor_id: goneMember.userId, name: null }]);
    for (const trace of [member.email, stranger, goneMember.email])
      expect(
        (
          await database.query(`select from audit.events where strpos(actor_name, $1) > 0 and (organization_id is null or organization_id = any($2))`, [
            trace,
            [owner.organizationId, gone.organizationId],
          ])
        ).rowCount,
      ).toBe(0);
    for (const { organizationId } of [owner, gone]) expect((await verify(organizationId)).bad).toBeUndefined();
    await server.api.post('/auth/login', { email: stranger, password: 'wrong' });
    await flush();
    expect(await eventsOf(`e.outcome = 'refused' and e.actor_name = $1`, stranger)).toHaveLength(1);
  });
});

describe('an organization that is erased', () => {
  it('the events of an erased organization keep action, time and actor, but no data', async () => {
    const owner = await busy();
    await owner.api.delete(owner.home);
    await database.query(`update organizations set erase_after = now() - interval '1 day' where id = $1`, [owner.organizationId]);
    await runJob(server.app, 'erase-deleted-organizations', new Date(Date.now() + 3_600_000 * 24 * 2));
    const events = await eventsOf('e.organization_id = $1', owner.organizationId);
    expect(events.at(-1)).toMatchObject({
      actor_kind: 'job',
      action: 'job erase-deleted-organizations',
      target_table: 'organizations',
      target_id: owner.organizationId,
      changes: 1,
    });
    expect(events.slice(0, -1).map(({ listed }) => listed)).toEqual(events.slice(1).map(() => null));
    expect(events.at(-1)?.listed).toEqual([{ table: 'organizations', id: owner.organizationId, operation: 'delete', before: null, after: null }]);
    expect(events.slice(0, -1).map(({ name }) => name)).toEqual(events.slice(1).map(() => null));
    expect(await verify(owner.organizationId)).toMatchObject({ bad: undefined, erased: events.length - 1 });
  });
});

describe('a person who is erased', () => {
  it('an erased person is in no event, the erasure is an event, and the chains remain valid', async () => {
    const owner = await busy();
    const member = await server.world.invited(owner, 'admin');
    await member.api.post(`${owner.home}/teams`, { name: 'By the member' });
    await owner.api.patch(`${owner.home}/members/${member.userId}`, { role: 'member' });
    const traces = async (): Promise<number> =>
      (await eventsOf('e.organization_id = $1 and (e.actor_name like $2 or e.details::text like $2)', owner.organizationId, `%${member.email}%`)).length;
    expect(await traces()).toBeGreaterThan(1);
    await server.app.get(AuditErasureService).erasePerson({ userId: member.userId });
    expect(await traces()).toBe(0);
    const report = await verify(owner.organizationId);
    expect(report.bad).toBeUndefined();
    expect(report.erased).toBeGreaterThan(1);
    const kept = await eventsOf(`e.organization_id = $1 and e.action = 'createTeam' and e.actor_id = $2`, owner.organizationId, member.userId);
    expect(kept).toMatchObject([{ name: null, listed: [{ after: { name: 'By the member' } }] }]);
    expect((await eventsOf('e.organization_id = $1', owner.organizationId)).at(-1)).toMatchObject({ target_table: expect.stringMatching(/^audit\./), listed: expect.any(Array) });
  });
});

describe('a person who is erased at the same time', () => {
  /** Runs a statement while a transaction has erased a person, and until after that has committed. @returns the events of the organization */
  async function during(organizationId: string, userId: string, statement: (waited: number) => [string, unknown[]]): Promise<Row[]> {
    const [eraser, other] = [await database.connect(), await database.connect()];
    try {
      const { rows } = await other.query<{ pid: number }>('select pg_backend_pid() as pid');
      await eraser.query('begin');
      const before = performance.now();
      await eraser.query(`select audit.erase_person(array[$1], '{}')`, [userId]);
      // A busy machine sends the statement later.
      const waited = performance.now() - before + 250;
      const running = other.query(...statement(waited));
      const waiting = `select from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'`;
      await eventually(
        async () => (await intruder.query(waiting, [rows[0]?.pid])).rowCount,
        (count) => count === 1,
      );
      await eraser.query('select pg_sleep($1)', [(waited + 50) / 1000]);
      await eraser.query('commit');
      await running;
    } finally {
      for (const client of [eraser, other]) client.release();
    }
    return eventsOf('e.organization_id = $1', organizationId);
  }

  it('an organization is erased after it, without a deadlock', async () => {
    const { organizationId, userId } = await busy();
    const events = await during(organizationId, userId, () => ['delete from organizations where id = $1', [organizationId]]);
    expect(events.at(-1)).toMatchObject({ target_table: 'organizations', listed: [{ operation: 'delete' }] });
    expect((await verify(organizationId)).bad).toBeUndefined();
  });

  it('a refusal from before the erasure, whose writing waits for it, has no name', async () => {
    const { organizationId, userId } = await busy();
    const refusal = { organizationId, code: 'permission_denied', times: 1, actorKind: 'user', actorId: userId, actorName: 'Ada' };
    const events = await during(organizationId, userId, (waited) => ['select audit.refuse($1::jsonb)', [JSON.stringify([{ ...refusal, waited }])]]);
    expect(events.filter(({ outcome }) => outcome === 'refused')).toMatchObject([{ actor_id: userId, name: null }]);
  });
});

describe('a chain that was tampered with', () => {
  const tamper = (sql: string, organizationId: string): Promise<unknown> => intruder.query(sql.replaceAll('$1', `'${organizationId}'`));
  const third = 'organization_id = $1 and sequence = 3';

  it.each([
    ['an event that was changed', `update audit.events set actor_id = 'somebody else' where ${third}`, 3],
    ['a time that was changed', `update audit.events set occurred_at = occurred_at - interval '1 second' where ${third}`, 3],
    ['an event that was removed', `delete from audit.events where ${third}`, 3],
    ['the first that was removed', 'delete from audit.events where organization_id = $1 and sequence = 1', 1],
    ['the last that was removed', 'delete from audit.events where organization_id = $1 and sequence = 5', 5],
    ['all that were removed', 'delete from audit.events where organization_id = $1', 1],
    ['changes that were removed', `update audit.events set details_salt = null, details = null where ${third}`, 3],
    ['an actor that was removed', `update audit.events set actor_salt = null, actor_name = null, ip = null, user_agent = null where ${third}`, 3],
    [
      'all actors and changes that were removed',
      'update audit.events set actor_salt = null, actor_name = null, ip = null, user_agent = null, details_salt = null, details = null where organization_id = $1',
      1,
    ],
    [
      'two that changed places',
      `update audit.events set sequence = 100 where ${third}; update audit.events set sequence = 3 where organization_id = $1 and sequence = 4; update audit.events set sequence = 4 where organization_id = $1 and sequence = 100`,
      3,
    ],
    ['what was changed, changed', `update audit.events set details = '[]' where ${third}`, 3],
    ['who did it, changed', `update audit.events set actor_name = 'Mallory' where ${third}`, 3],
    ['a name without its salt', `update audit.events set actor_salt = null, actor_name = 'Mallory' where ${third}`, 3],
    ['changes without their salt', `update audit.events set details_salt = null, details = '[]' where ${third}`, 3],
    ['a forged end', `update audit.heads set hash = sha256('x') where chain = $1`, 5],
  ])('audit:verify finds %s', async (_, sql, sequence) => {
    const owner = await busy();
    expect(await verify(owner.organizationId)).toMatchObject({ events: 5, bad: undefined });
    await tamper(sql, owner.organizationId);
    expect((await verify(owner.organizationId)).bad).toMatchObject({ sequence, reason: expect.any(String) });
  });
});

describe('events that are not in a chain yet', () => {
  const add = `insert into teams (organization_id, id, name) values ($1, gen_random_uuid(), $2)`;
  const waitingOf = async (organizationId: string): Promise<number> => (await database.query('select from audit.pending where chain = $1', [organizationId])).rowCount ?? 0;
  /** A server may be chaining them, half a second after its last write. */
  const noneWait = async (organizationId: string): Promise<void> => {
    expect(
      await eventually(
        () => waitingOf(organizationId),
        (count) => count === 0,
      ),
    ).toBe(0);
  };
  const namesOf = async (organizationId: string): Promise<unknown[]> =>
    (await eventsOf('e.organization_id = $1', organizationId)).map(({ listed }) => listed?.[0]?.after?.['name']);

  /** Holds the chains of organizations, so that no server extends them meanwhile. */
  async function holding<Result>(organizationIds: readonly string[], work: () => Promise<Result>): Promise<Result> {
    await intruder.query('begin');
    try {
      await intruder.query('select from audit.heads where chain = any($1::uuid[]) for update', [organizationIds]);
      return await work();
    } finally {
      await intruder.query('rollback');
    }
  }

  it('many callers at once add each event once, without gaps', async () => {
    const owners = [await busy(), await busy()];
    const clients = await Promise.all(Array.from({ length: 4 }, async () => connected(urls.platform)));
    try {
      await Promise.all(
        clients.map(async (client, n) => {
          for (let m = 0; m < 10; m += 1)
            for (const { organizationId } of owners) {
              await client.query(add, [organizationId, `${n}-${m}`]);
              await client.query('select audit.chain()');
            }
        }),
      );
    } finally {
      for (const client of clients) await client.end();
    }
    for (const { organizationId } of owners) {
      const events = await eventsOf('e.organization_id = $1', organizationId);
      expect(events.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 45 }, (_, n) => n + 1));
      expect(new Set(events.slice(5).map(({ listed }) => listed?.[0]?.after?.['name'])).size).toBe(40);
      expect((await verify(organizationId)).bad).toBeUndefined();
    }
  });

  it('a transaction that commits late is not left behind, and comes after those that were chained before', async () => {
    const { organizationId } = await busy();
    const late = await connected(urls.platform);
    await late.query('begin');
    await late.query(add, [organizationId, 'late']);
    await database.query(add, [organizationId, 'early']);
    const { rows } = await database.query<{ next: string }>('select next::text from audit.chain()');
    await late.query('commit');
    await late.end();
    await database.query('select audit.chain($1::xid8)', [rows[0]?.next ?? '0']);
    expect((await namesOf(organizationId)).slice(-2)).toEqual(['early', 'late']);
    expect(await verify(organizationId)).toMatchObject({ events: 7, bad: undefined });
  });

  it('a caller that dies loses no event, and the next one adds it once', async () => {
    const { organizationId } = await busy();
    const dying = await connected(urls.platform);
    await dying.query('begin');
    await database.query(add, [organizationId, 'kept']);
    await dying.query('select audit.chain()');
    const { rows } = await dying.query<{ pid: number }>('select pg_backend_pid() as pid');
    const ended = new Promise((resolve) => void dying.once('end', resolve));
    dying.on('error', () => undefined);
    await intruder.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await ended;
    expect((await namesOf(organizationId)).filter((name) => name === 'kept')).toHaveLength(1);
    expect(await verify(organizationId)).toMatchObject({ events: 6, bad: undefined });
  });

  it('a chain that is held does not delay the others, and its events wait', async () => {
    const [held, free] = [await busy(), await busy()];
    await holding([held.organizationId], async () => {
      for (const { organizationId } of [held, free]) await database.query(add, [organizationId, 'waits']);
      const { rows } = await database.query('select next, more from audit.chain()');
      expect(rows).toEqual([{ next: null, more: false }]);
      await noneWait(free.organizationId);
      expect(await waitingOf(held.organizationId)).toBe(1);
    });
    expect((await namesOf(held.organizationId)).at(-1)).toBe('waits');
  });

  /** Adds a team to each of the organizations in one transaction. */
  async function addToAll(organizationIds: readonly string[], name: string): Promise<void> {
    await database.query(`insert into teams (organization_id, id, name) select o, gen_random_uuid(), $2 from unnest($1::uuid[]) o`, [organizationIds, name]);
  }

  it('an event is not added before an earlier one of the same chain, although only another chain is read', async () => {
    const [read, other] = [(await busy()).organizationId, (await busy()).organizationId];
    await holding([read, other], async () => {
      await database.query(add, [other, 'first']);
      await addToAll([read, other], 'second');
      await database.query(add, [other, 'third']);
    });
    await database.query(`select audit.chain('0', $1)`, [read]);
    expect([(await namesOf(read)).slice(-1), (await namesOf(other)).slice(-3)]).toEqual([['second'], ['first', 'second', 'third']]);
  });

  it('an event that waits for a chain that is held leaves the later ones of its other chains', async () => {
    const [held, other, free] = [(await busy()).organizationId, (await busy()).organizationId, (await busy()).organizationId];
    await holding([held], async () => {
      await addToAll([held, other], 'first');
      for (const organizationId of [other, free]) await database.query(add, [organizationId, 'second']);
      await database.query('select audit.chain()');
      await noneWait(free);
      expect(await waitingOf(other)).toBe(2);
    });
    expect((await namesOf(other)).slice(-2)).toEqual(['first', 'second']);
  });

  it('the log shows an event at once, and a reader who pages sees each event once', async () => {
    const owner = await busy();
    const seen: number[] = [];
    let cursor = '';
    do {
      const { body } = await owner.api.get(logOf(owner, `?limit=2${cursor}`));
      seen.push(...body.data.map(({ sequence }: { sequence: number }) => sequence));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
      await database.query(add, [owner.organizationId, `meanwhile ${seen.length}`]);
    } while (cursor !== '');
    expect(seen).toEqual([5, 4, 3, 2, 1]);
    expect((await owner.api.get(logOf(owner, '?limit=4'))).body.data.map(({ sequence }: { sequence: number }) => sequence)).toEqual([8, 7, 6, 5]);
  });

  it('a transaction is not chained in part', async () => {
    const { organizationId } = await busy();
    const client = await connected(urls.platform);
    await client.query('begin');
    await client.query(add, [organizationId, 'first']);
    await client.query('select audit.chain()');
    await client.query(add, [organizationId, 'second']);
    await client.query('commit');
    await client.end();
    expect((await eventsOf('e.organization_id = $1', organizationId)).slice(5)).toMatchObject([{ changes: 2 }]);
  });

  it.each([
    `update audit.pending set after = '{}'`,
    `update audit.pending set note = '{"actorKind": "user", "actorId": "somebody else"}'`,
    `update audit.pending set note = note || '{"actorName": "Mallory"}'`,
    'update audit.pending set chain = null',
    `update audit.pending set occurred_at = '-infinity'`,
  ])('a role that may write them cannot change them: %s', async (sql) => {
    const { organizationId } = await busy();
    await holding([organizationId], async () => {
      await database.query(add, [organizationId, 'waits']);
      const owner = await connected(urls.owner);
      await expect(owner.query(`${sql} where chain = '${organizationId}'`)).rejects.toMatchObject({ code: '42501', message: 'An audit event cannot be changed' });
      await owner.end();
    });
  });

  it('a person is erased from them, too', async () => {
    const owner = await busy();
    const member = await server.world.member(owner, 'admin');
    await chained(database);
    await holding([owner.organizationId], async () => {
      await member.api.post(`${owner.home}/teams`, { name: 'By the member' });
      await owner.api.patch(`${owner.home}/members/${member.userId}`, { role: 'member' });
      expect(await waitingOf(owner.organizationId)).toBeGreaterThan(1);
      await server.app.get(AuditErasureService).erasePerson({ userId: member.userId });
    });
    const text = JSON.stringify(await eventsOf('e.organization_id = $1', owner.organizationId));
    expect(text).not.toContain(member.email);
    expect(text).toContain('By the member');
    expect((await verify(owner.organizationId)).bad).toBeUndefined();
  });

  it('those of an erased organization keep no data', async () => {
    const owner = await busy();
    await database.query(add, [owner.organizationId, 'Confidential']);
    await database.query('delete from organizations where id = $1', [owner.organizationId]);
    const events = await eventsOf('e.organization_id = $1', owner.organizationId);
    expect(events.map(({ name, listed }) => [name !== null, listed !== null])).toEqual([...Array.from({ length: 6 }, () => [false, false]), [true, true]]);
    expect((await verify(owner.organizationId)).bad).toBeUndefined();
    expect((await intruder.query('select from audit.erasing where organization_id = $1', [owner.organizationId])).rowCount).toBe(0);
  });

  it('audit:verify reports what no server has chained for a minute, and does not chain it', async () => {
    const { organizationId } = await busy();
    const service = server.app.get(AuditVerificationService);
    await holding([organizationId], async () => {
      await database.query(add, [organizationId, 'waits']);
      expect(await service.findWaiting(0)).toBeUndefined();
      const before = await connected(intruderUrl);
      await before.query(`set session_replication_role = replica`);
      await before.query(`update audit.pending set occurred_at = occurred_at - interval '2 minutes' where chain = $1`, [organizationId]);
      await before.end();
      expect(await service.findWaiting(0)).toMatchObject({ transactions: 1, since: expect.stringMatching(/Z$/) });
      expect(await waitingOf(organizationId)).toBe(1);
    });
    await chained(database);
    expect(await service.findWaiting(0)).toBeUndefined();
  });
});

describe('nobody writes the log by hand', () => {
  const statements = [
    `insert into audit.events (sequence, occurred_at, actor_kind, action, outcome, times, changes, actor_hash, details_hash, previous_hash, hash) values (1, now(), 'user', 'x', 'done', 1, 0, '', '', '', '')`,
    `update audit.events set action = 'x'`,
    'delete from audit.events',
    'truncate audit.events',
    'update audit.events set details_salt = null, details = null',
    'update audit.events set actor_salt = null',
    `update audit.heads set sequence = 0`,
    `insert into audit.pending (relation, operation) values ('x', 'insert')`,
    'update audit.pending set concealed = true',
    `update audit.pending set note = '{}'`,
    'delete from audit.pending',
    'truncate audit.pending',
    `select nextval('audit.pending_position_seq')`,
    `select setval('audit.pending_position_seq', 1)`,
    'alter table teams disable trigger audit',
    'set session_replication_role = replica',
    `insert into audit.erasing (organization_id) values (gen_random_uuid())`,
    `insert into audit.erased_persons values ('x', now())`,
    `select audit.leave_out('teams', 'none')`,
    `select audit.watch('teams')`,
    'create trigger t after insert on teams for each row execute function audit.begin_erasing()',
  ];
  const appOnly = [
    `select audit.erase_person('{}', '{}')`,
    `select audit.record_change(null, 'x', 'x', null, null)`,
    `select audit.conceal('{}')`,
    'select * from audit.heads',
    'select * from audit.pending',
    `select audit.refuse('[]')`,
    'select audit.chain()',
    `select audit.linked('', '{}')`,
  ];

  const tries: ['app' | 'platform', string][] = [
    ...[...statements, ...appOnly].map((sql): ['app', string] => ['app', sql]),
    ...statements.map((sql): ['platform', string] => ['platform', sql]),
  ];
  it.each(tries)('the audit log cannot be written directly as %s: %s', async (role, sql) => {
    const client = new pg.Client({ connectionString: urls[role] });
    await client.connect();
    await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
    await client.end();
  });

  it('the application role sees only the events of its tenant', async () => {
    const [a, b] = [await busy(), await busy()];
    const client = new pg.Client({ connectionString: urls.app });
    await client.connect();
    const seen = async (): Promise<unknown[]> => (await client.query('select distinct organization_id from audit.events')).rows;
    expect(await seen()).toEqual([]);
    await client.query(`set app.current_organization_id = '${a.organizationId}'`);
    expect(await seen()).toEqual([{ organization_id: a.organizationId }]);
    await client.end();
    expect(b.organizationId).not.toBe(a.organizationId);
  });
});

describe('a table of an installation', () => {
  /** A superuser, whose changes the triggers record. Everything is rolled back. */
  async function inTransaction<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
    const client = new pg.Client({ connectionString: Object.assign(new URL(url), { pathname: new URL(urls.owner).pathname }).href });
    await client.connect();
    try {
      await client.query('begin');
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** What the open transaction has recorded, as an event will list it. */
  async function changesIn(client: pg.Client): Promise<unknown> {
    const { rows } = await client.query<{ changes: unknown }>(
      `select jsonb_agg(jsonb_build_object('table', relation, 'id', row_id, 'operation', operation, 'before', before, 'after', after) order by position) as changes
         from audit.pending where xid = pg_current_xact_id()`,
    );
    return rows[0]?.changes;
  }

  it('secrets are masked at any depth, also in columns that were added after the table was protected', async () => {
    const { organizationId } = await server.world.owner();
    const changes = await inTransaction(async (client) => {
      await client.query(`create table _notes (organization_id uuid not null, id int not null, part int not null, title text, words text[], body jsonb, pin bytea, pins bytea[], api_token text, spare_token text, password_enabled boolean,
                                              updated_at timestamptz, primary key (organization_id, id, part));
                          select app.protect_tenant_table('_notes');
                          alter table _notes add column later text, add column later_secret text, add column later_body jsonb`);
      const body = JSON.stringify({ kept: 1, deep: [{ secret: 'hidden' }] });
      await client.query(`insert into _notes values ($1, 1, 2, 'Title', '{a,b}', $2, '\\x01', array['\\x02'::bytea], 'hidden', null, true, now(), 'Later', 'hidden', $2)`, [
        organizationId,
        body,
      ]);
      await client.query(
        `update _notes set title = 'New', api_token = 'hidden too', spare_token = 'hidden', pin = null, later = 'Then', updated_at = now() where organization_id = $1`,
        [organizationId],
      );
      await client.query('update _notes set updated_at = now() where organization_id = $1', [organizationId]);
      return changesIn(client);
    });
    const [shown, body] = ['[redacted]', { kept: 1, deep: [{ secret: '[redacted]' }] }];
    const first = {
      organization_id: organizationId,
      id: 1,
      part: 2,
      title: 'Title',
      words: ['a', 'b'],
      body,
      pin: shown,
      pins: [shown],
      api_token: shown,
      spare_token: null,
      password_enabled: true,
    };
    expect(changes).toEqual([
      { table: '_notes', id: '1/2', operation: 'insert', before: null, after: { ...first, later: 'Later', later_secret: shown, later_body: body } },
      {
        table: '_notes',
        id: '1/2',
        operation: 'update',
        before: { title: 'Title', api_token: shown, spare_token: null, pin: shown, later: 'Later' },
        after: { title: 'New', api_token: shown, spare_token: shown, pin: null, later: 'Then' },
      },
    ]);
  });

  it('secrets are masked in columns whose type was changed after the table was protected', async () => {
    const { organizationId } = await server.world.owner();
    const details = await inTransaction(async (client) => {
      await client.query(`create table _notes (organization_id uuid not null, id int not null, title text, body text, pin text, pins text[], words text[], primary key (organization_id, id));
                          select app.protect_tenant_table('_notes');
                          alter table _notes alter column body type jsonb using body::jsonb, alter column words type jsonb[] using words::jsonb[], drop column pin, add column pin bytea, alter column pins type bytea[] using pins::bytea[]`);
      const body = JSON.stringify({ kept: 1, token: 'hidden' });
      await client.query(`insert into _notes (organization_id, id, title, body, words, pin, pins) values ($1, 1, 'Title', $2, array[$2::jsonb], '\\x01', array['\\x02'::bytea])`, [
        organizationId,
        body,
      ]);
      await client.query('update _notes set body = null, words = null, pin = null, pins = null where organization_id = $1', [organizationId]);
      return changesIn(client);
    });
    const masked = { kept: 1, token: '[redacted]' };
    const secrets = { body: masked, words: [masked], pin: '[redacted]', pins: ['[redacted]'] };
    expect(details).toMatchObject([{ after: { title: 'Title', ...secrets } }, { before: secrets, after: { body: null, words: null, pin: null, pins: null } }]);
  });

  it.each([
    `update audit.events set actor_name = 'Mallory'`,
    `update audit.events set details = '[]'`,
    'update audit.events set actor_salt = null',
    'update audit.events set sequence = sequence + 1',
    `update audit.events set action = 'x', actor_salt = null, actor_name = null, ip = null, user_agent = null`,
  ])('an event cannot be changed by a role that may write it, except to erase a part: %s', async (sql) => {
    const { organizationId } = await busy();
    await inTransaction(async (client) => {
      await expect(client.query(`${sql} where organization_id = '${organizationId}'`)).rejects.toMatchObject({ code: '42501', message: 'An audit event cannot be changed' });
    });
    expect(await verify(organizationId)).toMatchObject({ bad: undefined, erased: 0 });
  });
});

describe('a session setting', () => {
  /** Runs statements as the application role in one transaction of A, as code that A reached with SQL injection would. */
  async function asApplication(organizationId: string, ...statements: string[]): Promise<string | undefined> {
    const client = new pg.Client({ connectionString: urls.app });
    await client.connect();
    try {
      await client.query('begin');
      await client.query(`select set_config('app.current_organization_id', $1, true)`, [organizationId]);
      for (const statement of statements) await client.query(statement);
      await client.query('commit');
      return undefined;
    } catch (error) {
      return (error as pg.DatabaseError).code;
    } finally {
      await client.end();
    }
  }

  const write = `insert into teams (id, name) values (gen_random_uuid(), 'Quiet ' || gen_random_uuid())`;
  const attacks: [string, (a: string, b: string) => string[]][] = [
    ['names another organization as erased', (_, b) => [`select set_config('app.audit_erasing', ' ${b}', true)`, write]],
    ['names its own organization as erased', (a) => [`select set_config('app.audit_erasing', ' ${a}', true)`, 'delete from teams', write]],
    ['sets what a trigger may read after the write', (a, b) => [write, `select set_config('app.audit_erasing', ' ${a} ${b}', false)`, 'set constraints all immediate']],
    ['hides in a savepoint', (a) => ['savepoint s', write, 'set constraints all immediate', 'release s', `select set_config('app.audit_erasing', ' ${a}', true)`, write]],
    ['claims to belong to another organization', (_, b) => [`select set_config('app.audit', '{"organizationId": "${b}", "actorKind": "job"}', true)`, write]],
    ['leaves its organization before the commit', (_, b) => [write, 'set constraints all deferred', `select set_config('app.current_organization_id', '${b}', true)`]],
    ['empties the note', () => [`select set_config('app.audit', '', true)`, write]],
    ['claims to be an operator', () => [`select set_config('app.audit', '{"actorKind": "operator"}', true)`, write]],
  ];
  it.each(attacks)('no event is erased or suppressed when the application role %s', async (_, statements) => {
    const [a, b] = [await busy(), await busy()];
    const before = await eventsOf('e.organization_id = $1', b.organizationId);
    const own = await eventsOf('e.organization_id = $1', a.organizationId);
    expect(await asApplication(a.organizationId, ...statements(a.organizationId, b.organizationId))).toBeUndefined();
    expect(await eventsOf('e.organization_id = $1', b.organizationId)).toEqual(before);
    const now = await eventsOf('e.organization_id = $1', a.organizationId);
    expect(now.slice(0, own.length)).toEqual(own);
    expect(now.slice(own.length).flatMap(({ listed }) => listed ?? [])).toEqual(expect.arrayContaining([expect.objectContaining({ table: 'teams', operation: 'insert' })]));
    for (const { organizationId } of [a, b]) expect(await verify(organizationId)).toMatchObject({ bad: undefined, erased: 0 });
  });

  it.each([
    ['truncates', 'truncate teams'],
    ['deletes its organization', 'delete from organizations'],
    ['disables triggers', 'set local session_replication_role = replica'],
    ['prepares the transaction', `${write}; prepare transaction 'later'`],
    ['sends a note that is no JSON', `select set_config('app.audit', 'no json', true); ${write}; set constraints all immediate`],
    ['claims an actor of an unknown kind', `select set_config('app.audit', '{"actorKind": "nobody"}', true); ${write}; set constraints all immediate`],
  ])('the audit log does not change when the application role %s', async (_, statement) => {
    const a = await busy();
    const own = await eventsOf('e.organization_id = $1', a.organizationId);
    expect(await asApplication(a.organizationId, statement)).toMatch(/^[0-9A-Z]{5}$/);
    expect(await eventsOf('e.organization_id = $1', a.organizationId)).toEqual(own);
    expect((await database.query('select from teams where organization_id = $1', [a.organizationId])).rowCount).toBe(4);
  });

  it('a type of the session does not replace a type that the audit functions name', async () => {
    const a = await busy();
    await intruder.query(`grant temporary on database ${new URL(urls.owner).pathname.slice(1)} to public`);
    try {
      const own = await eventsOf('e.organization_id = $1', a.organizationId);
      const evil = `create function pg_temp.evil(pg_catalog.jsonb) returns boolean language plpgsql as 'begin raise exception ''%'', current_user; end'`;
      const types = ['jsonb', 'uuid', 'xid8', 'text'].map(
        (type) => `create domain pg_temp.${type} as pg_catalog.${type} check (${type === 'jsonb' ? 'pg_temp.evil(value)' : 'false'})`,
      );
      expect(await asApplication(a.organizationId, evil, ...types, write)).toBeUndefined();
      expect(await eventsOf('e.organization_id = $1', a.organizationId)).toHaveLength(own.length + 1);
    } finally {
      await intruder.query(`revoke temporary on database ${new URL(urls.owner).pathname.slice(1)} from public`);
    }
  });

  it('no function of the database decides by a setting what is recorded or erased', async () => {
    const { rows } = await database.query<{ name: string; setting: string }>(
      `select distinct p.oid::regprocedure::text as name, m[1] as setting from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         cross join lateral regexp_matches(pg_get_functiondef(p.oid), $1, 'g') m
        where n.nspname in ('app', 'audit', 'usage', 'public') and p.prokind = 'f' order by 1, 2`,
      [`current_setting\\('([^']+)'`],
    );
    expect(rows.filter(({ name }) => name.startsWith('audit.') || name.includes('organization_id')).map(({ name, setting }) => `${name} ${setting}`)).toEqual([
      'app.current_organization_id() app.current_organization_id',
      'audit.home(jsonb) app.current_organization_id',
      'audit.note() app.audit',
    ]);
  });
});

describe('a request that only reads', () => {
  it('a request that only reads sends no query for the audit log', async () => {
    const owner = await busy();
    await owner.api.get(`${owner.home}/join-requests`);
    const read = async (): Promise<void> => expect((await owner.api.get(`${owner.home}/join-requests`)).status).toBe(200);
    // Who are you, whose data, may you; and the list. The events of earlier writes can be chained meanwhile.
    expect(
      await eventually(
        () => statementsSentBy(read),
        (sent) => sent.length === 2,
      ),
    ).toHaveLength(2);
  });
});

describe('an operator', () => {
  it('an operator can read the audit log of the platform and of any organization', async () => {
    const operator = await server.world.owner();
    expect((await operator.api.get('/tenants/audit-logs')).status).toBe(403);
    await server.app.get(PlatformDb).platformAdmin.create({ data: { userId: operator.userId } });
    const { body } = await server.api.post('/auth/login', { email: operator.email, password: goodPassword });
    const api = server.api.as(body.accessToken);
    const platform = await api.get('/tenants/audit-logs?limit=100');
    expect(platform.body.data.some(({ changes }: { changes: { table: string }[] | null }) => changes?.some(({ table }) => table === 'platform_admins'))).toBe(true);
    const other = await busy();
    expect((await api.get(`/tenants/audit-logs?organizationId=${other.organizationId}`)).body.data).toHaveLength(5);
  });
});
