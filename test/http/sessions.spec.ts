import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import pg from 'pg';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { lockWaiters, sessionOf } from '../support/lock-waiters.js';
import { itInBothRuns, rounds, some } from '../support/rounds.js';
import { codeOf } from '../support/totp.js';
import { goodPassword, type Person } from '../support/world.js';

const newPassword = 'a quite different passphrase';

let server: TestServer;
let database: pg.Pool;
let operator: Client;
beforeAll(async () => {
  server = await startTestServer({ DATABASE_POOL_SIZE: '10' });
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 4 });
  const email = server.world.email('operator');
  await server.control.createOperator(email);
  operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const invalid = { status: 401, code: 'invalid_mfa_token' };
const logIn = ({ email }: Pick<Person, 'email'>, password = goodPassword): Promise<Answer> => server.api.post('/auth/login', { email, password });
const refresh = (refreshToken: string): Promise<Answer> => server.api.post('/auth/refresh', { refreshToken });
const works = async (accessToken: string): Promise<boolean> => (await server.api.as(accessToken).get('/auth/me')).status === 200;

interface Guarded {
  readonly person: Person;
  readonly recoveryCodes: readonly string[];
  readonly secret: string;
}

/** Somebody with a second factor. */
async function guarded(): Promise<Guarded> {
  const person = await server.world.owner({ verified: true });
  const { secret } = (await person.api.post('/auth/mfa/totp')).body;
  const { body } = await person.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) });
  return { person, secret, recoveryCodes: body.recoveryCodes };
}

describe('a login that still needs the second factor', () => {
  const changes: Readonly<Record<string, (of: Guarded) => Promise<Answer>>> = {
    'the password was changed': ({ person }) => person.api.post('/auth/password/change', { currentPassword: goodPassword, newPassword }),
    'the password was reset': async ({ person }) => {
      await server.api.post('/auth/password/forgot', { email: person.email });
      const { token } = await server.mailbox.waitFor(person.email, 'Reset');
      return server.api.post('/auth/password/reset', { token, newPassword });
    },
    'the recovery codes were replaced': ({ person, recoveryCodes }) => person.api.post('/auth/mfa/recovery-codes', { code: recoveryCodes[1] }),
    'all other sessions were ended': ({ person }) => person.api.delete('/auth/sessions'),
    'the user was disabled and enabled': async ({ person }) => {
      await operator.post(`/platform/users/${person.userId}/disable`);
      return operator.post(`/platform/users/${person.userId}/enable`);
    },
    'the second factor was removed': ({ person, recoveryCodes }) => person.api.request('DELETE', '/auth/mfa/totp', { code: recoveryCodes[1] }),
    'it was begun more than five minutes ago': async ({ person }) => {
      await database.query(`update sessions set expires_at = now() where user_id = $1 and awaits_second_factor`, [person.userId]);
      return person.api.get('/auth/me');
    },
  };
  it.each(Object.keys(changes))('a login cannot be completed after %s', async (name) => {
    const person = await guarded();
    const { mfaToken } = (await logIn(person.person)).body;
    expect((await changes[name]?.(person))?.status).toBeLessThan(300);
    for (const code of [codeOf(person.secret), person.recoveryCodes[0]]) expect(refusal(await server.api.post('/auth/mfa/verify', { mfaToken, code }))).toEqual(invalid);
  });

  it('of two completions with different codes at the same moment one succeeds, and the other code stays unused', async () => {
    const { person, recoveryCodes } = await guarded();
    const { mfaToken } = (await logIn(person)).body;
    const answers = await Promise.all([0, 1, 2, 3].map((n) => server.api.post('/auth/mfa/verify', { mfaToken, code: recoveryCodes[n] })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    const { rows } = await database.query('select count(*)::int as used from recovery_codes where user_id = $1 and used_at is not null', [person.userId]);
    expect(rows).toEqual([{ used: 1 }]);
  });

  it('a wrong code does not use the login up, and the login is no session: it is not listed, and gives no access', async () => {
    const { person, recoveryCodes } = await guarded();
    const { mfaToken } = (await logIn(person)).body;
    expect(refusal(await server.api.post('/auth/mfa/verify', { mfaToken, code: '000000' }))).toEqual({ status: 403, code: 'wrong_code' });
    expect((await person.api.get('/auth/sessions')).body.data).toHaveLength(1);
    expect((await server.api.as(mfaToken).get('/auth/me')).status).toBe(401);
    expect((await server.api.post('/auth/mfa/verify', { mfaToken, code: recoveryCodes[0] })).status).toBe(200);
  });
});

describe('switching the organization', () => {
  it('the new access token expires with the old one, and there is no new refresh token', async () => {
    const owner = await server.world.owner();
    const { body: second } = await owner.api.post('/organizations', { name: 'Second' });
    const { exp } = decodeJwt(owner.accessToken);
    let { api } = owner;
    for (const organizationId of [second.id, owner.organizationId, null]) {
      const { status, body } = await api.post('/auth/switch-organization', { organizationId });
      expect({ status, ...body }).toEqual({ status: 200, accessToken: expect.any(String), expiresIn: expect.any(Number) });
      expect(decodeJwt(body.accessToken).exp).toBe(exp);
      expect(body.expiresIn).toBeLessThanOrEqual(900);
      api = server.api.as(body.accessToken);
    }
    const { rows } = await database.query('select count(*)::int as tokens from refresh_tokens t join sessions s on s.id = t.session_id where s.user_id = $1', [owner.userId]);
    expect(rows).toEqual([{ tokens: 1 }]);
  });

  itInBothRuns('an honest client keeps its session through switches and refreshes at the same time', async () => {
    const owner = await server.world.owner();
    const { body: second } = await owner.api.post('/organizations', { name: 'Second' });
    let { refreshToken } = owner;
    const refreshing = async (): Promise<Answer[]> => {
      const answers = [];
      for (let times = 0; times < rounds(3, 8); times += 1) {
        const answer = await refresh(refreshToken);
        ({ refreshToken } = answer.body);
        answers.push(answer);
      }
      return answers;
    };
    const switching = Array.from({ length: rounds(6, 20) }, (_, index) =>
      owner.api.post('/auth/switch-organization', { organizationId: index % 2 === 0 ? second.id : owner.organizationId }),
    );
    const [refreshed, ...switched] = await Promise.all([refreshing(), ...switching]);
    expect(new Set([...refreshed, ...switched].map(({ status }) => status))).toEqual(new Set([200]));
    for (const { body } of [...refreshed, ...switched]) expect(await works(body.accessToken)).toBe(true);
    const after = await owner.api.post('/auth/switch-organization', { organizationId: second.id });
    expect(after.status).toBe(200);
    expect(decodeJwt((await refresh(refreshToken)).body.accessToken)).toMatchObject({ org: second.id });
  });

  itInBothRuns('a session that is ended while it switches gives no working token', async () => {
    const owner = await server.world.owner();
    const other = server.api.as((await logIn(owner)).body.accessToken);
    const switching = Array.from({ length: rounds(6, 20) }, () => owner.api.post('/auth/switch-organization', { organizationId: null }));
    const [revoked, ...switched] = await Promise.all([other.delete('/auth/sessions'), ...switching]);
    expect(revoked.status).toBe(204);
    for (const { status, body } of switched) {
      expect([200, 401]).toContain(status);
      expect(status === 200 && (await works(body.accessToken))).toBe(false);
    }
    expect(refusal(await refresh(owner.refreshToken))).toEqual({ status: 401, code: 'invalid_refresh_token' });
  });
});

describe('ending sessions while others begin', () => {
  itInBothRuns.each(some([1, 2, 3], 1))('a user who is disabled while they refresh and sign in has no working session (%i)', async () => {
    const owner = await server.world.owner();
    const sessions = await Promise.all(Array.from({ length: rounds(3, 6) }, () => logIn(owner)));
    const [disabled, ...answers] = await Promise.all([
      operator.post(`/platform/users/${owner.userId}/disable`),
      ...sessions.map(({ body }) => refresh(body.refreshToken)),
      ...Array.from({ length: rounds(3, 6) }, () => logIn(owner)),
    ]);
    expect(disabled.status).toBe(200);
    // So many logins at once can also reach the maximum of attempts.
    expect(answers.map(({ status }) => status).filter((status) => ![200, 401, 429].includes(status))).toEqual([]);
    expect((await operator.post(`/platform/users/${owner.userId}/enable`)).status).toBe(200);
    for (const { body } of [...sessions, ...answers].filter(({ status }) => status === 200)) {
      expect(await works(body.accessToken)).toBe(false);
      expect((await refresh(body.refreshToken)).status).toBe(401);
    }
  });

  itInBothRuns.each(some([1, 2, 3], 1))('a login with the old password that meets its change leaves no session (%i)', async () => {
    const owner = await server.world.owner();
    const change = owner.api.post('/auth/password/change', { currentPassword: goodPassword, newPassword });
    const answers = await Promise.all(Array.from({ length: rounds(4, 8) }, () => logIn(owner)));
    const changed = await change;
    expect(changed.status).toBe(200);
    for (const { status, body } of answers) expect(status === 200 && (await works(body.accessToken))).toBe(false);
    expect(await works(changed.body.accessToken)).toBe(true);
  });
});

describe('a session that ends while a write of it is on its way', () => {
  /** What ends the session of `person`; `other` is another session of the user. */
  interface Ending {
    readonly person: Person;
    readonly other: Client;
    readonly resetToken: string;
  }
  const endings: Readonly<Record<string, (ending: Ending) => Promise<Answer>>> = {
    'a sign-out': ({ person }) => person.api.post('/auth/logout'),
    'the revocation of one session': async ({ person, other }) => other.delete(`/auth/sessions/${decodeJwt(person.accessToken)['sid'] as string}`),
    'a sign-out of all other sessions': ({ other }) => other.delete('/auth/sessions'),
    'a change of the password': ({ other }) => other.post('/auth/password/change', { currentPassword: goodPassword, newPassword }),
    'a reset of the password': ({ resetToken }) => server.api.post('/auth/password/reset', { token: resetToken, newPassword }),
    'a late second use of a refresh token': ({ person }) => refresh(person.refreshToken),
    'the removal of the user by an operator': ({ person }) => operator.post(`/platform/users/${person.userId}/disable`),
  };

  async function resetTokenOf({ email }: Person): Promise<string> {
    await server.api.post('/auth/password/forgot', { email });
    return (await server.mailbox.waitFor(email, 'Reset')).token ?? '';
  }

  /** Begins a write that waits, ends the session, and lets the write go on once the ending waits or has answered. */
  async function overtake(end: () => Promise<Answer>, write: () => Promise<Answer>): Promise<{ answeredEarly: boolean; written: Answer; ended: Answer }> {
    let answered = false;
    const other = await database.connect();
    try {
      await other.query('begin');
      const session = await sessionOf(other);
      await other.query('lock table teams in share mode');
      const writing = write();
      expect(await eventually(() => lockWaiters(database, session), Boolean)).toBe(1);
      const ending = end().finally(() => (answered = true));
      // The ending waits for the lock that the write shares.
      await eventually(
        () => lockWaiters(database, session),
        (count) => count > 1 || answered,
      );
      const answeredEarly = answered;
      await other.query('commit');
      const [written, ended] = await Promise.all([writing, ending]);
      return { answeredEarly, written, ended };
    } finally {
      await other.query('rollback');
      other.release();
    }
  }

  it.each(Object.keys(endings))('%s is answered only after the write of the session has committed', async (name) => {
    const person = await server.world.owner({ verified: true });
    const resetToken = name.includes('reset') ? await resetTokenOf(person) : '';
    if (name.includes('refresh')) await refresh((await refresh(person.refreshToken)).body.refreshToken);
    const other = server.api.as((await logIn(person)).body.accessToken);
    const { answeredEarly, written, ended } = await overtake(
      () => (endings[name] as (ending: Ending) => Promise<Answer>)({ person, other, resetToken }),
      () => person.api.post(`${person.home}/teams`, { name: 'Late' }),
    );
    expect({ answeredEarly, written: written.status }).toEqual({ answeredEarly: false, written: 201 });
    expect(ended.status < 300 ? 'ended' : ended.body.code).toBe(name.includes('refresh') ? 'refresh_token_reused' : 'ended');
    expect(await works(person.accessToken)).toBe(false);
  });

  it('keeps nobody else waiting while its end waits for the write', async () => {
    const [people, reader] = [await Promise.all(Array.from({ length: 3 }, () => server.world.owner())), await server.world.owner()];
    const holder = await database.connect();
    try {
      await holder.query('begin');
      const session = await sessionOf(holder);
      await holder.query('lock table teams in share mode');
      const writing = people.map(({ api, home }) => api.post(`${home}/teams`, { name: 'Late' }));
      expect(
        await eventually(
          () => lockWaiters(database, session),
          (count) => count === 3,
        ),
      ).toBe(3);
      const ending = people.map(({ api }) => api.post('/auth/logout'));
      expect(
        await eventually(
          () => lockWaiters(database, session),
          (count) => count > 4,
        ),
      ).toBeGreaterThan(4);
      const reads = await Promise.all(['/users/me', '/auth/me', '/organizations/current', '/users/me', '/auth/me', '/organizations/current'].map((path) => reader.api.get(path)));
      expect(reads.map(({ status }) => status)).toEqual(reads.map(() => 200));
      expect(await lockWaiters(database, session)).toBeGreaterThan(4);
      await holder.query('commit');
      expect((await Promise.all(writing)).map(({ status }) => status)).toEqual([201, 201, 201]);
      expect((await Promise.all(ending)).map(({ status }) => status)).toEqual([204, 204, 204]);
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  });

  itInBothRuns('twenty writes and twenty sign-outs of all other sessions at the same moment do not block one another, and no write commits after an answer', async () => {
    const person = await server.world.owner();
    const sessions = await Promise.all(Array.from({ length: rounds(8, 20) }, async () => server.api.as((await logIn(person)).body.accessToken)));
    const answers = await Promise.all(sessions.flatMap((session, index) => [session.post(`${person.home}/teams`, { name: `P${index}` }), session.delete('/auth/sessions')]));
    expect([...new Set(answers.map(({ status }) => status))].filter((status) => ![201, 204, 401].includes(status))).toEqual([]);
    const alive = await Promise.all(sessions.map((session) => session.get('/auth/me')));
    expect(alive.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });
});

describe('a change of address that is undone', () => {
  it('undoing a change removes a factor and keys that are older than it, but were replaced by the intruder', async () => {
    const owner = await server.world.owner({ verified: true });
    const created = await owner.api.post(`${owner.home}/api-keys`, { name: 'Own', permissions: ['organization:read'], belongsTo: 'me' });
    expect(created.status).toBe(201);
    const { body } = await owner.api.post('/auth/mfa/totp');
    const email = server.world.email('intruder');
    expect((await owner.api.patch('/users/me', { email, currentPassword: goodPassword })).status).toBe(200);
    const token = (await server.mailbox.waitFor(owner.email, 'being changed')).token;
    const code = codeOf(body.secret);
    expect((await owner.api.post('/auth/mfa/totp/confirm', { code })).status).toBe(200);
    const rotated = await owner.api.post(`${owner.home}/api-keys/${created.body.id}/rotate`, {});
    expect(rotated.status).toBeLessThan(300);
    expect((await server.api.as(rotated.body.key).get(owner.home)).status).toBe(200);
    expect((await server.api.post('/auth/email/undo', { token })).status).toBe(204);
    expect((await server.api.as(rotated.body.key).get(owner.home)).status).toBe(401);
    const left = await database.query(
      'select (select count(*) from second_factors where user_id = $1)::int as factors, (select count(*) from recovery_codes where user_id = $1)::int as codes, (select count(*) from api_keys where owner_id = $1)::int as keys',
      [owner.userId],
    );
    expect(left.rows).toEqual([{ factors: 0, codes: 0, keys: 0 }]);
  });
});

describe('a session whose principal the server remembers', () => {
  const shown = ({ status, body }: Answer): unknown =>
    status === 200 ? { role: body.role, custom: body.customRoles, name: body.user.name, operator: body.platformAdmin } : body.code;
  const unchanged = { role: 'member', custom: [], name: expect.any(String), operator: false };
  /** What another replica writes, what this one must show at the next request, and how it is undone. */
  const changes: Readonly<Record<string, readonly [make: string, shows: unknown, undo: string]>> = {
    'gets a custom role': [
      `insert into member_roles (organization_id, id, user_id, role_id) select organization_id, gen_random_uuid(), $2, id from custom_roles where organization_id = $1`,
      expect.objectContaining({ custom: ['extra'] }),
      `delete from member_roles where organization_id = $1 and user_id = $2`,
    ],
    'joins a team with a role': [
      `insert into team_members (organization_id, id, user_id, team_id) select organization_id, gen_random_uuid(), $2, id from teams where organization_id = $1`,
      expect.objectContaining({ custom: ['extra'] }),
      `delete from team_members where organization_id = $1 and user_id = $2`,
    ],
    'gets another base role': [
      `update memberships set role = 'admin' where organization_id = $1 and user_id = $2`,
      expect.objectContaining({ role: 'admin' }),
      `update memberships set role = 'member' where organization_id = $1 and user_id = $2`,
    ],
    'becomes an operator': [`insert into platform_admins (user_id) values ($2)`, expect.objectContaining({ operator: true }), `delete from platform_admins where user_id = $2`],
    'has another name': [
      `update users set name = 'Another Name' where id = $2`,
      expect.objectContaining({ name: 'Another Name' }),
      `update users set name = 'Somebody' where id = $2`,
    ],
    'is disabled': [`update users set disabled_at = now() where id = $2`, 'session_ended', `update users set disabled_at = null where id = $2`],
    'is signed out': [
      `update sessions set revoked_at = now(), revoked_reason = 'revoked' where user_id = $2`,
      'session_ended',
      `update sessions set revoked_at = null, revoked_reason = null where user_id = $2`,
    ],
    'sees a session that has expired': [
      `update sessions set expires_at = now() - interval '1 second' where user_id = $2`,
      'session_ended',
      `update sessions set expires_at = now() + interval '1 day' where user_id = $2`,
    ],
  };
  const probes: Readonly<Record<string, readonly [path: string, make: string, refusal: string, undo: string]>> = {
    'is removed': [
      '/organizations/current',
      `delete from memberships where organization_id = $1 and user_id = $2`,
      'organization_not_found',
      `insert into memberships (organization_id, id, user_id, role) values ($1, gen_random_uuid(), $2, 'member')`,
    ],
    'sees the organization suspended': [
      '/organizations/current',
      `update organizations set status = 'suspended' where id = $1`,
      'organization_suspended',
      `update organizations set status = 'active' where id = $1`,
    ],
  };
  let owner: Person;
  let member: Person;
  let values: readonly string[];
  beforeAll(async () => {
    owner = await server.world.owner();
    member = await server.world.member(owner);
    await owner.api.post(`${owner.home}/roles`, { key: 'extra', name: 'Extra', permissions: [] });
    await owner.api.post(`${owner.home}/teams`, { name: 'Team', roles: ['extra'] });
    values = [owner.organizationId, member.userId];
  });
  const write = (text: string): Promise<unknown> => database.query(text.replaceAll(/\$(\d)/g, (_, place: string) => `'${values[Number(place) - 1]}'`));

  it.each(Object.entries(changes))('a member who %s has it at the next request, also when it is undone', async (_, [make, shows, undo]) => {
    for (let round = 0; round < 2; round += 1) expect(shown(await member.api.get('/auth/me'))).toMatchObject(unchanged);
    await write(make);
    expect(shown(await member.api.get('/auth/me'))).toEqual(shows);
    await write(undo);
    expect(shown(await member.api.get('/auth/me'))).toMatchObject(unchanged);
  });

  it.each(Object.entries(probes))('a member who %s has it at the next request, also when it is undone', async (_, [path, make, code, undo]) => {
    for (let round = 0; round < 2; round += 1) expect((await member.api.get(path)).status).toBe(200);
    await write(make);
    expect((await member.api.get(path)).body.code).toBe(code);
    await write(undo);
    expect((await member.api.get(path)).status).toBe(200);
  });

  it('a custom role or a team that passes to another member is lost at the next request', async () => {
    const [organizationId] = values;
    for (const [table, column, what] of [
      ['member_roles', 'role_id', 'custom_roles'],
      ['team_members', 'team_id', 'teams'],
    ] as const) {
      await write(`insert into ${table} (organization_id, id, user_id, ${column}) select organization_id, gen_random_uuid(), $2, id from ${what} where organization_id = $1`);
      for (let round = 0; round < 2; round += 1) expect(shown(await member.api.get('/auth/me'))).toMatchObject({ custom: ['extra'] });
      expect(shown(await owner.api.get('/auth/me'))).toMatchObject({ custom: [] });
      await database.query(`update ${table} set user_id = $2 where organization_id = $1`, [organizationId, owner.userId]);
      expect(shown(await member.api.get('/auth/me'))).toMatchObject({ custom: [] });
      expect(shown(await owner.api.get('/auth/me'))).toMatchObject({ custom: ['extra'] });
      await database.query(`delete from ${table} where organization_id = $1`, [organizationId]);
    }
  });

  it('a team has its new name at the next request', async () => {
    const trace = async (): Promise<string> => JSON.stringify((await member.api.post('/access/check', { permission: 'content:read', explain: true })).body);
    await write(`insert into team_members (organization_id, id, user_id, team_id) select organization_id, gen_random_uuid(), $2, id from teams where organization_id = $1`);
    for (let round = 0; round < 2; round += 1) expect(await trace()).toContain('team Team (role extra)');
    await write(`update teams set name = 'Renamed' where organization_id = $1`);
    expect(await trace()).toContain('team Renamed (role extra)');
    await write(`delete from team_members where organization_id = $1 and user_id = $2`);
  });

  it('a slug that another organization has taken selects that one', async () => {
    const [slug, taker] = [server.world.unique('slug'), await server.world.owner()];
    const at = async (): Promise<unknown> => (await server.api.as(member.accessToken).with({ 'x-tenant-slug': slug }).get('/organizations/current')).status;
    await database.query('update organizations set slug = $2 where id = $1', [values[0], slug]);
    for (let round = 0; round < 2; round += 1) expect(await at()).toBe(200);
    await database.query('update organizations set slug = $2 where id = $1', [values[0], `${slug}-old`]);
    await database.query('update organizations set slug = $2 where id = $1', [taker.organizationId, slug]);
    expect(await at()).toBe(400); // it is not the organization of the access token
  });
});
