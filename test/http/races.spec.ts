import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { lockWaiters, sessionOf } from '../support/lock-waiters.js';
import { itInBothRuns, rounds, some } from '../support/rounds.js';
import type { Answer } from '../support/client.js';
import { goodPassword, type Person } from '../support/world.js';

// In the long run each race is run several times: once is luck.
const times = some([1, 2, 3, 4, 5], 1);
const crowd = rounds(6, 20);

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer({ DATABASE_POOL_SIZE: '10' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 2 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const count = async (sql: string, ...values: unknown[]): Promise<number> => Number((await database.query<{ count: string }>(sql, values)).rows[0]?.count);
const owners = (organizationId: string): Promise<number> => count(`select count(*) from memberships where organization_id = $1 and role = 'owner'`, organizationId);
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).sort();

/** No race may end in an internal error. */
function expectNoFault(answers: readonly Answer[]): void {
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
}

async function twoOwners(): Promise<readonly [Person, Person]> {
  const first = await server.world.owner();
  return [first, await server.world.member(first, 'owner')];
}

describe('two owners at the same time', () => {
  itInBothRuns.each(times)('two owners who remove each other leave one owner (%i)', async () => {
    const [a, b] = await twoOwners();
    const answers = await Promise.all([a.api.delete(`${a.home}/members/${b.userId}`), b.api.delete(`${a.home}/members/${a.userId}`)]);
    expectNoFault(answers);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(await owners(a.organizationId)).toBe(1);
  });

  itInBothRuns.each(times)('two owners who leave at the same time leave one owner (%i)', async () => {
    const [a, b] = await twoOwners();
    const answers = await Promise.all([a, b].map((person) => person.api.post(`${a.home}/leave`)));
    expect(statuses(answers)).toEqual([204, 409]);
    expect(await owners(a.organizationId)).toBe(1);
  });

  itInBothRuns.each(times)('two owners who demote themselves leave one owner (%i)', async () => {
    const [a, b] = await twoOwners();
    const answers = await Promise.all([a, b].map((person) => person.api.patch(`${a.home}/members/${person.userId}`, { role: 'member' })));
    expect(statuses(answers)).toEqual([200, 409]);
    expect(await owners(a.organizationId)).toBe(1);
  });

  itInBothRuns.each(times)('two owners who demote each other leave one owner (%i)', async () => {
    const [a, b] = await twoOwners();
    const answers = await Promise.all([a.api.patch(`${a.home}/members/${b.userId}`, { role: 'admin' }), b.api.patch(`${a.home}/members/${a.userId}`, { role: 'admin' })]);
    expectNoFault(answers);
    expect(await owners(a.organizationId)).toBe(1);
  });

  itInBothRuns.each(times)('any mix of leaving, demoting and removing leaves an owner (%i)', async () => {
    const [a, b] = await twoOwners();
    const answers = await Promise.all([
      a.api.post(`${a.home}/leave`),
      b.api.post(`${a.home}/leave`),
      a.api.delete(`${a.home}/members/${b.userId}`),
      b.api.patch(`${a.home}/members/${b.userId}`, { role: 'member' }),
      a.api.post(`${a.home}/transfer-ownership`, { userId: b.userId }),
    ]);
    expectNoFault(answers);
    expect(await owners(a.organizationId)).toBeGreaterThanOrEqual(1);
  });
});

describe('an account that is deleted', () => {
  const remove = (person: Person): Promise<Answer> => person.api.request('DELETE', '/users/me', { currentPassword: goodPassword });
  const living =
    'select count(*) from organizations o where o.deleted_at is null and o.created_by_id = $1 and not exists (select from memberships m where m.organization_id = o.id)';

  itInBothRuns.each(some([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 3))('organizations that are created during the deletion keep their owner (%i)', async () => {
    const host = await server.world.owner();
    const people = await Promise.all(Array.from({ length: 3 }, () => server.world.member(host, 'member')));
    const answers = await Promise.all(
      people.flatMap((person) => [person.api.post('/organizations', { name: 'One' }), remove(person), person.api.post('/organizations', { name: 'Two' })]),
    );
    expectNoFault(answers);
    for (const { userId } of people) expect(await count(living, userId)).toBe(0);
  });

  it('organizations that wait for the deletion of the account are refused', async () => {
    const host = await server.world.owner();
    const member = await server.world.member(host, 'member');
    const holder = await database.connect();
    try {
      const session = await sessionOf(holder);
      await holder.query('begin');
      await holder.query('select from users where id = $1 for no key update', [member.userId]);
      const waiting = Promise.all(['One', 'Two'].map((name) => member.api.post('/organizations', { name })));
      const waiters = await eventually(
        () => lockWaiters(database, session),
        (found) => found >= 2,
      );
      expect(waiters).toBe(2);
      await holder.query('delete from users where id = $1', [member.userId]);
      await holder.query('commit');
      for (const answer of await waiting) expect(answer).toMatchObject({ status: 401, body: { code: 'session_ended' } });
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  });

  itInBothRuns.each(times)('an organization that is restored during the deletion keeps its owner (%i)', async () => {
    const owner = await server.world.owner();
    expect((await owner.api.delete(owner.home)).status).toBe(204);
    const [restored, removed] = await Promise.all([owner.api.post(`${owner.home}/restore`), remove(owner)]);
    expectNoFault([restored, removed]);
    expect([restored.status === 200, removed.status === 204].filter(Boolean)).toHaveLength(1);
    expect(await count(living, owner.userId)).toBe(0);
  });
});

describe('parallel invitations', () => {
  itInBothRuns.each(times)('parallel acceptances by the same user create one membership (%i)', async () => {
    const inviter = await server.world.owner();
    const guest = await server.world.owner({ verified: true });
    const token = await server.world.invitationToken(inviter, guest.email);
    const answers = await Promise.all(Array.from({ length: crowd }, () => guest.api.post('/invitations/accept', { token })));
    expectNoFault(answers);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await count('select count(*) from memberships where organization_id = $1 and user_id = $2', inviter.organizationId, guest.userId)).toBe(1);
  });

  itInBothRuns('parallel acceptances with a new account create one user and one membership', async () => {
    const inviter = await server.world.owner();
    const email = server.world.email();
    await inviter.api.post(`${inviter.home}/invitations`, { email, role: 'member' });
    const { token } = await server.mailbox.waitFor(email);
    const answers = await Promise.all(Array.from({ length: crowd }, () => server.api.post('/invitations/accept', { token, name: 'Guest', password: goodPassword })));
    expectNoFault(answers);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await count('select count(*) from users where email = $1', email)).toBe(1);
    expect(await count('select count(*) from memberships where organization_id = $1', inviter.organizationId)).toBe(2);
  });

  itInBothRuns.each(times)('acceptances of three invitations of one user, which replace each other meanwhile, create one membership (%i)', async () => {
    const inviter = await server.world.owner();
    const guest = await server.world.owner({ verified: true });
    // Both links are of the same address; the first is replaced while it is being accepted.
    const first = await server.world.invitationToken(inviter, guest.email);
    const [second, ...answers] = await Promise.all([
      server.world.invitationToken(inviter, guest.email).catch(() => 'none'),
      guest.api.post('/invitations/accept', { token: first }),
      inviter.api.post(`${inviter.home}/members`, { email: guest.email, role: 'member' }),
    ]);
    const mailed = answers[1]?.status === 202 ? (await server.mailbox.waitFor(guest.email, 'invited you')).token : 'none';
    answers.push(...(await Promise.all([second, first, mailed].map((token) => guest.api.post('/invitations/accept', { token })))));
    expectNoFault(answers);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await count('select count(*) from memberships where organization_id = $1 and user_id = $2', inviter.organizationId, guest.userId)).toBe(1);
  });

  itInBothRuns('parallel invitations of one address leave one pending, and only its link works', async () => {
    const inviter = await server.world.owner();
    const email = server.world.email();
    const answers = await Promise.all(Array.from({ length: crowd }, () => inviter.api.post(`${inviter.home}/invitations`, { email, role: 'member', delivery: 'link' })));
    expect(new Set(statuses(answers))).toEqual(new Set([201]));
    expect(await count(`select count(*) from invitations where organization_id = $1 and status = 'pending'`, inviter.organizationId)).toBe(1);
    const previews = await Promise.all(answers.map(({ body }) => server.api.post('/invitations/preview', { token: new URL(body.data[0].link).searchParams.get('token') })));
    expect(previews.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  itInBothRuns.each(times)('acceptance and revocation at the same time have one outcome (%i)', async () => {
    const inviter = await server.world.owner();
    const guest = await server.world.owner({ verified: true });
    const { body } = await inviter.api.post(`${inviter.home}/invitations`, { email: guest.email, role: 'member', delivery: 'link' });
    const token = new URL(body.data[0].link).searchParams.get('token');
    const [accepted, revoked] = await Promise.all([guest.api.post('/invitations/accept', { token }), inviter.api.delete(`${inviter.home}/invitations/${body.data[0].id}`)]);
    expectNoFault([accepted, revoked]);
    expect([accepted.status === 201, revoked.status === 204].filter(Boolean)).toHaveLength(1);
    const members = await count('select count(*) from memberships where organization_id = $1', inviter.organizationId);
    expect(members).toBe(accepted.status === 201 ? 2 : 1);
  });
});

describe('a crowd that changes one organization', () => {
  /** More callers than the server has connections. */
  const callers = 12;

  /** Lets all callers wait for the first, which waits for a locked row, and reads another organization meanwhile, again and again while the callers arrive. */
  async function readMeanwhile(lock: readonly [sql: string, id: string], call: () => Promise<Answer>): Promise<{ reads: number[]; answers: Answer[] }> {
    const other = await server.world.owner();
    const holder = await database.connect();
    try {
      const session = await sessionOf(holder);
      await holder.query('begin');
      await holder.query(lock[0], [lock[1]]);
      const answers = Promise.all(Array.from({ length: callers }, call));
      const waiters = await eventually(
        () => lockWaiters(database, session),
        (found) => found >= 1,
      );
      expect(waiters).toBeGreaterThanOrEqual(1);
      const reads: number[] = [];
      while (reads.length < 12) reads.push((await other.api.get(`${other.home}/members`)).status);
      await holder.query('commit');
      return { reads, answers: await answers };
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  }

  /** The answers, without those of callers whose transaction waited for the locked row until its time was over: the machine decides how many they are. */
  const ended = (answers: readonly Answer[]): number[] => statuses(answers.filter(({ status, headers }) => status !== 503 || headers.get('retry-after') === null));

  it('changes of members that wait for each other leave connections to other organizations', async () => {
    const owner = await server.world.owner();
    const { userId } = await server.world.member(owner, 'member');
    const { reads, answers } = await readMeanwhile([`select from memberships where user_id = $1 for update`, userId], () =>
      owner.api.patch(`${owner.home}/members/${userId}`, { role: 'admin' }),
    );
    expect(new Set(reads)).toEqual(new Set([200]));
    expect(new Set(ended(answers))).toEqual(new Set([200]));
  });

  it('acceptances that wait for each other leave connections to other organizations', async () => {
    const inviter = await server.world.owner();
    const guest = await server.world.owner({ verified: true });
    const token = await server.world.invitationToken(inviter, guest.email);
    const { reads, answers } = await readMeanwhile(['select from invitations where organization_id = $1 for update', inviter.organizationId], () =>
      guest.api.post('/invitations/accept', { token }),
    );
    expect(new Set(reads)).toEqual(new Set([200]));
    expect(ended(answers).filter((status) => status === 201)).toHaveLength(1);
    expect(ended(answers).filter((status) => status >= 500)).toEqual([]);
  });
});
