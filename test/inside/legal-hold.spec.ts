import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { AuditErasureService } from '../../src/modules/audit/hash-chain/audit-erasure.service.js';
import { PlatformAdminsService } from '../../src/modules/auth/platform/platform-admins.service.js';
import type { Answer, Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { runJob } from '../support/jobs.js';
import { lockWaitersOf, sessionOf } from '../support/lock-waiters.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { goodPassword, type Person } from '../support/world.js';

const day = 86_400_000;
const later = (days: number): Date => new Date(Date.now() + days * day);

let database: ScratchDatabase;
let server: TestServer;
let operator: Client;
let look: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({}, database);
  await server.app.get(PlatformAdminsService).createFirstPlatformAdmin('operator@example.com', 'a long operator passphrase');
  operator = server.api.as((await server.api.post('/auth/login', { email: 'operator@example.com', password: 'a long operator passphrase' })).body.accessToken);
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
});
afterAll(async () => {
  await look.end();
  await server.close();
  await database.drop();
});

const hold = (kind: 'user' | 'organization', subjectId: string): Promise<Answer> => operator.post('/platform/legal-holds', { kind, subjectId, reason: 'Case 4711' });
const release = async ({ body }: Answer): Promise<void> => expect((await operator.delete(`/platform/legal-holds/${body.id}`)).status).toBe(204);
const deleteAccount = ({ api }: Person): Promise<Answer> => api.request('DELETE', '/users/me', { currentPassword: goodPassword });
const held = { status: 409, body: { code: 'under_legal_hold' } };
const count = async (sql: string, ...values: unknown[]): Promise<number> => (await look.query(sql, values)).rowCount ?? 0;

describe('a legal hold', () => {
  it('is listed until it is released, and only one is placed for a user', async () => {
    const { userId } = await server.world.owner();
    const placed = await hold('user', userId);
    expect(placed).toMatchObject({ status: 201, body: { kind: 'user', subjectId: userId, reason: 'Case 4711' } });
    const other = await hold('user', (await server.world.owner()).userId);
    expect((await operator.get('/platform/legal-holds')).body.data).toEqual(expect.arrayContaining([placed.body, other.body]));
    expect((await operator.get(`/platform/legal-holds?subjectId=${userId}&count=true`)).body).toEqual({ data: [placed.body], nextCursor: null, total: 1 });
    const ofUsers = (await operator.get('/platform/legal-holds?kind=user')).body.data;
    expect(ofUsers).toContainEqual(placed.body);
    expect((await operator.get(`/platform/legal-holds?kind=organization&subjectId=${userId}`)).body.data).toEqual([]);
    await release(other);
    expect(await hold('user', userId)).toMatchObject({ status: 409, body: { code: 'already_under_legal_hold' } });
    expect(await hold('organization', userId)).toMatchObject({ status: 422, body: { code: 'held_subject_not_found' } });
    await release(placed);
    expect((await operator.delete(`/platform/legal-holds/${placed.body.id}`)).body.code).toBe('legal_hold_not_found');
  });

  it('of a user or of one of their organizations keeps the account from being deleted and erased', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    for (const [kind, id] of [
      ['user', member.userId],
      ['organization', owner.organizationId],
    ] as const) {
      const placed = await hold(kind, id);
      expect(await deleteAccount(member)).toMatchObject(held);
      expect(await operator.post(`/platform/users/${member.userId}/erase`, { reason: 'Letter of the person' })).toMatchObject(held);
      await expect(server.app.get(AuditErasureService).erasePerson({ userId: member.userId })).rejects.toMatchObject({ code: 'under_legal_hold' });
      expect((await member.api.get('/users/me')).status).toBe(200);
      await release(placed);
    }
    expect((await deleteAccount(member)).status).toBe(204);
  });

  it('of an organization or of one of its members keeps it from being erased, also by the job', async () => {
    const owner = await server.world.owner();
    const member = await server.world.member(owner);
    const free = await server.world.owner();
    for (const { organizationId } of [owner, free]) expect((await operator.delete(`/tenants/${organizationId}`)).status).toBe(204);
    const rows = (): Promise<number> => count('select from organizations where id = any($1)', [owner.organizationId, free.organizationId]);
    const ofMember = await hold('user', member.userId);
    const ofOrganization = await hold('organization', owner.organizationId);
    expect(await runJob(server.app, 'erase-deleted-organizations', later(60))).toMatchObject({ outcome: 'done', result: { erased: 1 } });
    expect(await rows()).toBe(1);
    expect(await operator.delete(`/tenants/${owner.organizationId}?hard=true`)).toMatchObject(held);
    await release(ofOrganization);
    expect(await operator.delete(`/tenants/${owner.organizationId}?hard=true`)).toMatchObject(held);
    await release(ofMember);
    expect((await operator.delete(`/tenants/${owner.organizationId}?hard=true`)).status).toBe(204);
  });

  it('keeps the jobs from purging what belongs to the held, and nothing else', async () => {
    const [a, b] = [await server.world.signUp({ verified: true }), await server.world.signUp({ verified: true })];
    await server.mailbox.waitFor(a.email, 'Confirm');
    await server.mailbox.waitFor(b.email, 'Confirm');
    const placed = [await hold('user', a.userId), await hold('organization', a.organizationId)];
    const old = later(-500);
    for (const { userId, organizationId, email } of [a, b]) {
      await look.query(`update mail_messages set created_at = $2, status = 'sent' where recipient = $1`, [email, old]);
      await look.query('update sessions set expires_at = $2 where user_id = $1', [userId, old]);
      await look.query(
        `insert into mail_messages (id, organization_id, recipient, template, status, content, created_at) select gen_random_uuid(), $1, 'somebody@example.com', template, 'sent', content, $2 from mail_messages limit 1`,
        [organizationId, old],
      );
    }
    const left = async ({ userId, organizationId, email }: Person): Promise<readonly number[]> => [
      await count('select from mail_messages where recipient = $1', email),
      await count('select from mail_messages where organization_id = $1', organizationId),
      await count('select from sessions where user_id = $1', userId),
    ];
    const [keptOfA] = [await left(a)];
    for (const job of ['purge-mail', 'purge-sessions']) expect(await runJob(server.app, job, new Date())).toMatchObject({ outcome: 'done' });
    expect(keptOfA.every((rows) => rows > 0)).toBe(true);
    expect(await left(a)).toEqual(keptOfA);
    expect(await left(b)).toEqual([0, 0, 0]);
    expect(await runJob(server.app, 'remove-expired-audit-events', new Date())).toMatchObject({ outcome: 'done', result: { removed: 0, held: true } });
    for (const each of placed) await release(each);
  });

  it('that is placed while the account is being deleted decides, whichever of them is first', async () => {
    const person = await server.world.member(await server.world.owner());
    await look.query('begin');
    await look.query('select from users where id = $1 for update', [person.userId]);
    await look.query(`insert into legal_holds (id, kind, subject_id, reason) values (gen_random_uuid(), 'user', $1, 'Case 4711')`, [person.userId]);
    const session = await sessionOf(look);
    const deletion = deleteAccount(person);
    const other = new pg.Client({ connectionString: database.platform });
    await other.connect();
    const waiters = await eventually(
      () => lockWaitersOf(other, session),
      (found) => found.length > 0,
    );
    expect(waiters.length).toBeGreaterThan(0);
    await look.query('commit');
    expect(await deletion).toMatchObject(held);
    await other.end();
    expect(await count('select from memberships where user_id = $1', person.userId)).toBe(1);
  });

  it('is stronger than SQL by hand', async () => {
    const { userId, organizationId } = await server.world.owner();
    await hold('user', userId);
    await hold('organization', organizationId);
    await expect(look.query('delete from users where id = $1', [userId])).rejects.toThrow('under_legal_hold');
    await expect(look.query('delete from organizations where id = $1', [organizationId])).rejects.toThrow('under_legal_hold');
  });
});
