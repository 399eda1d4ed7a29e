import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import pg from 'pg';
import { targetOf, type Answer, type Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { toolboxaiWithoutConsent } from '../support/preset.js';
import { lockWaiters, sessionOf } from '../support/lock-waiters.js';
import { itInBothRuns, itInLongRun, rounds } from '../support/rounds.js';
import { goodPassword, type Person } from '../support/world.js';
import { chained } from '../support/audit.js';
import { codeOf } from '../support/totp.js';

let server: TestServer;
let replica: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  [server, replica] = await Promise.all([
    startTestServer({ CATALOG: toolboxaiWithoutConsent(), UNVERIFIED_ACCOUNT_DAYS: '90' }),
    startTestServer({ CATALOG: toolboxaiWithoutConsent() }),
  ]);
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 2 });
});
afterAll(async () => {
  await database.end();
  await Promise.all([server.close(), replica.close()]);
});

const decoyPassword = 'the passphrase of a decoy';
const newPassword = 'a quite different passphrase';

const refusal = ({ status, body }: Answer): unknown => ({ status, code: body?.code });
const logIn = (email: string, password = goodPassword): Promise<Answer> => server.api.post('/auth/login', { email, password });
const userOf = (answer: Answer): string | undefined => (answer.status === 200 ? decodeJwt(answer.body.accessToken).sub : undefined);
const verify = (body: object, api = server.api): Promise<Answer> => api.post('/auth/email/verify', body);
const forgot = (email: string): Promise<Answer> => server.api.post('/auth/password/forgot', { email });
const reset = (token: string | undefined, password = newPassword): Promise<Answer> => server.api.post('/auth/password/reset', { token, newPassword: password });

async function signUp(email: string, password = decoyPassword): Promise<Person> {
  const { status, body, text } = await server.api.post('/auth/signup', { email, password, name: 'Dee Decoy', organization: { name: server.world.unique('org') } });
  if (status !== 201) throw new Error(`sign-up answered ${status}: ${text}`);
  const { accessToken, refreshToken, organization } = body;
  const api = server.api.as(accessToken);
  return { userId: body.user.id, email, organizationId: organization.id, slug: organization.slug, api, accessToken, refreshToken, home: `/organizations/${organization.id}` };
}

/** Sets a second factor up. @returns its recovery codes */
async function enrol(person: Person): Promise<string[]> {
  const { body } = await person.api.post('/auth/mfa/totp');
  const { status, body: confirmed } = await person.api.post('/auth/mfa/totp/confirm', { code: codeOf(body.secret) });
  expect(status).toBe(200);
  return confirmed.recoveryCodes as string[];
}

const holders = async (email: string): Promise<{ id: string; verified: boolean }[]> =>
  (await database.query<{ id: string; verified: boolean }>('select id, email_verified_at is not null as verified from users where email = $1', [email])).rows;

describe('verification', () => {
  it('a mailed link verifies nothing without the password or a session of the account it was mailed for', async () => {
    const email = server.world.email();
    const decoy = await signUp(email);
    const { token } = await server.mailbox.waitFor(email, 'Confirm');
    const other = await server.world.signUp();
    expect(await verify({ token })).toMatchObject({ status: 403, body: { code: 'account_proof_needed', errors: [{ pointer: '/password' }] } });
    expect(refusal(await verify({ token }, other.api))).toEqual({ status: 403, code: 'account_proof_needed' });
    expect(await verify({ token, password: goodPassword })).toMatchObject({ status: 403, body: { code: 'wrong_password', errors: [{ pointer: '/password' }] } });
    expect((await decoy.api.get('/auth/me')).body.user.emailVerified).toBe(false);
    expect((await verify({ token, password: decoyPassword })).status).toBe(204);
  });

  it('a mailed link and the access token of the account verify the address', async () => {
    const owner = await server.world.signUp();
    const { token } = await server.mailbox.waitFor(owner.email, 'Confirm');
    expect((await verify({ token }, owner.api)).status).toBe(204);
    expect((await owner.api.get('/auth/me')).body.user.emailVerified).toBe(true);
    expect(refusal(await verify({ token }, owner.api))).toEqual({ status: 410, code: 'invalid_verification_token' });
  });

  it('guesses of the password with a mailed link lock the account like other guesses', async () => {
    const { email } = await server.world.signUp();
    const { token } = await server.mailbox.waitFor(email, 'Confirm');
    for (let tries = 0; tries < 5; tries += 1) expect((await verify({ token, password: decoyPassword })).status).toBe(403);
    expect(refusal(await verify({ token, password: goodPassword }))).toEqual({ status: 429, code: 'account_locked' });
  });

  it('verifying an address ends every other claim on it, and keeps the organization of the claim', async () => {
    const email = server.world.email();
    const decoy = await signUp(email);
    await enrol(decoy);
    const { token: theirs } = await server.mailbox.waitFor(email, 'Confirm');
    const owner = await server.world.signUp({ email });
    const { token } = await server.mailbox.waitFor(email, 'Confirm', 2);
    expect((await verify({ token }, owner.api)).status).toBe(204);
    expect(refusal(await decoy.api.get('/auth/me'))).toEqual({ status: 401, code: 'session_ended' });
    expect((await server.api.post('/auth/refresh', { refreshToken: decoy.refreshToken })).status).toBe(401);
    expect(refusal(await verify({ token: theirs, password: decoyPassword }))).toEqual({ status: 410, code: 'invalid_verification_token' });
    expect(refusal(await logIn(email, decoyPassword))).toEqual({ status: 401, code: 'invalid_credentials' });
    expect(userOf(await logIn(email))).toBe(owner.userId);
    expect(await holders(email)).toEqual([{ id: owner.userId, verified: true }]);
    const { rows } = await database.query(
      'select u.disabled_at is not null as disabled, m.role, o.deleted_at from organizations o join memberships m on m.organization_id = o.id join users u on u.id = m.user_id where o.id = $1',
      [decoy.organizationId],
    );
    expect(rows).toEqual([{ disabled: true, role: 'owner', deleted_at: null }]);
    const left = await database.query(
      'select (select count(*) from second_factors where user_id = $1)::int + (select count(*) from credentials where user_id = $1)::int as count',
      [decoy.userId],
    );
    expect(left.rows).toEqual([{ count: 0 }]);
  });

  it('an ended claim leaves the organizations that have another owner', async () => {
    const host = await server.world.signUp();
    const email = server.world.email();
    const claim = await server.world.invited(host, 'student', email);
    const owner = await server.world.signUp({ email });
    await verify({ token: (await server.mailbox.waitFor(email, 'Confirm', 2)).token }, owner.api);
    expect((await host.api.get(`${host.home}/members/${claim.userId}`)).status).toBe(404);
    expect((await database.query('select 1 from users where id = $1', [claim.userId])).rowCount).toBe(0);
  });

  /** The ways to prove the mailbox of a claim. */
  const proofs: Record<string, (owner: Person, from: Client) => Promise<Answer>> = {
    'verification with a password': async ({ email }, from) =>
      from.post('/auth/email/verify', { token: (await server.mailbox.waitFor(email, 'Confirm', 2)).token, password: goodPassword }),
    'verification in a session': async ({ email, accessToken }, from) =>
      from.as(accessToken).post('/auth/email/verify', { token: (await server.mailbox.waitFor(email, 'Confirm', 2)).token }),
    reset: async ({ email }, from) => {
      await forgot(email);
      await server.mailbox.waitFor(email, 'Reset', 2);
      const { token } = server.mailbox.to(email).find(({ mail }) => mail.subject?.includes('Reset') && mail.text?.includes('Olive Owner')) ?? {};
      return from.post('/auth/password/reset', { token, newPassword });
    },
    invitation: async ({ email, accessToken }, from) => {
      const host = await server.world.signUp({ verified: true });
      await host.api.post(`${host.home}/invitations`, { email, role: 'student' });
      const accepted = await from.as(accessToken).post('/invitations/accept', { token: (await server.mailbox.waitFor(email, 'invited')).token });
      // The organization that the person joins learns who they are.
      const { actor, userAgent } = (await host.api.get(`${host.home}/audit-logs?action=acceptInvitation`)).body.data[0];
      return actor.name.includes(email) && userAgent === 'Browser of the victim' ? accepted : { ...accepted, status: 500 };
    },
  };
  it.each(Object.keys(proofs))('a %s shows the organizations of other claims neither who proved the mailbox nor from where', async (way) => {
    const stranger = await server.world.signUp({ verified: true });
    const email = server.world.email();
    const claim = await server.world.invited(stranger, 'student', email);
    const owner = await server.world.signUp({ email });
    expect((await proofs[way]?.(owner, server.api.with({ 'user-agent': 'Browser of the victim' })))?.status).toBeLessThan(300);
    expect(await holders(email)).toEqual([{ id: owner.userId, verified: true }]);
    const log = (await stranger.api.get(`${stranger.home}/audit-logs?limit=100`)).body.data as { action: string; changes: { table: string }[] }[];
    const [left] = log;
    expect(left).toMatchObject({ actor: { kind: 'anonymous', id: null, name: null }, ip: null, userAgent: null, requestId: null });
    // The rows of the user who has proved the mailbox belong to no organization of a stranger.
    const tables = left?.changes.map(({ table }) => table);
    expect(tables).toContain('memberships');
    for (const outside of ['users', 'sessions', 'credentials', 'user_tokens']) expect(tables).not.toContain(outside);
    const text = JSON.stringify(log);
    for (const hidden of [owner.userId, owner.organizationId, 'Browser of the victim']) expect(text).not.toContain(hidden);
    expect(text).toContain(claim.userId);
    for (const { organizationId } of [stranger, owner]) expect((await server.control.verifyChains(organizationId)).every(({ bad }) => bad === undefined)).toBe(true);
  });

  it('a claim on a verified address can never verify it', async () => {
    const owner = await server.world.signUp({ verified: true });
    const decoy = await signUp(owner.email);
    const { token } = await server.mailbox.waitFor(owner.email, 'Confirm', 2);
    expect(refusal(await verify({ token }, decoy.api))).toEqual({ status: 409, code: 'email_taken' });
    expect((await owner.api.get('/auth/me')).body.user.emailVerified).toBe(true);
  });

  itInLongRun('a verification waits longer than other transactions for the writes in the organizations of claims', async () => {
    const [host, email] = [await server.world.signUp(), server.world.email()];
    const claim = await server.world.invited(host, 'student', email);
    const owner = await server.world.signUp({ email });
    const { token } = await server.mailbox.waitFor(email, 'Confirm', 2);
    const writer = await database.connect();
    try {
      await writer.query('begin');
      await writer.query('select pg_advisory_xact_lock_shared(app.authority_key($1))', [host.organizationId]);
      const answer = verify({ token }, owner.api);
      // The time is the fact here: other transactions end after five seconds.
      await writer.query('select pg_sleep(6)');
      await writer.query('commit');
      expect((await answer).status).toBe(204);
    } finally {
      writer.release();
    }
    expect((await host.api.get(`${host.home}/members/${claim.userId}`)).status).toBe(404);
  });

  itInBothRuns('of parallel verifications of different claims one gets the address, and no organization is lost', async () => {
    const email = server.world.email();
    const crowd = rounds(4, 20);
    const claims = [];
    for (let index = 0; index < crowd; index += 1) claims.push(await signUp(email));
    const { rows } = await database.query<{ user_id: string }>('select user_id from user_tokens where email = $1', [email]);
    expect(rows.length).toBeGreaterThan(0);
    // The mail limit leaves most claims without a link; each gets one of known content.
    const tokens = claims.map((_, index) => `${index}`.padStart(43, 'x'));
    await database.query(`update user_tokens set used_at = now() where email = $1`, [email]);
    for (const [index, { userId }] of claims.entries())
      await database.query(
        `insert into user_tokens (id, user_id, purpose, email, token_hash, expires_at) values (gen_random_uuid(), $1, 'verify_email', $2, sha256(convert_to($3, 'utf8')), now() + interval '1 hour')`,
        [userId, email, tokens[index]],
      );
    const answers = await Promise.all(claims.map(({ accessToken }, index) => verify({ token: tokens[index] }, (index % 2 === 0 ? server : replica).api.as(accessToken))));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 204)) expect([401, 410]).toContain(answer.status);
    const winner = claims[answers.findIndex(({ status }) => status === 204)];
    expect(await holders(email)).toEqual([{ id: winner?.userId, verified: true }]);
    const kept = await database.query('select count(*)::int as count from organizations o join memberships m on m.organization_id = o.id where o.id = any($1)', [
      claims.map(({ organizationId }) => organizationId),
    ]);
    expect(kept.rows).toEqual([{ count: crowd }]);
  });

  itInBothRuns('sign-ups, a verification and a reset at the same moment leave one verified account', async () => {
    const email = server.world.email();
    const owner = await server.world.signUp({ email });
    const { token } = await server.mailbox.waitFor(email, 'Confirm');
    await forgot(email);
    const { token: resetToken } = await server.mailbox.waitFor(email, 'Reset');
    const late = Array.from({ length: rounds(2, 6) }, () => signUp(email));
    const [verified, changed] = await Promise.all([verify({ token, password: goodPassword }, replica.api), reset(resetToken), ...late]);
    expect(changed.status).toBe(204);
    expect([204, 403, 410]).toContain(verified.status);
    expect((await holders(email)).filter((holder) => holder.verified)).toEqual([{ id: owner.userId, verified: true }]);
    expect(userOf(await logIn(email, newPassword))).toBe(owner.userId);
  });
});

describe('very many claims on one address', () => {
  /** Plants claims that are members of the organizations in turn, with sessions and personal API keys, as sign-ups and handed-on links make them. */
  async function plant(email: string, count: number, organizations: readonly string[], extra = ''): Promise<void> {
    await database.query(
      `with claims as (insert into users (id, email, name, updated_at) select gen_random_uuid(), $1, 'Claim', now() from generate_series(1, $2::int) returning id),
            passwords as (insert into credentials (user_id, password_hash, updated_at) select id, 'none', now() from claims),
            sessions as (insert into sessions (id, user_id, expires_at) select gen_random_uuid(), id, now() + interval '1 day' from claims),
            joined as (insert into memberships (organization_id, id, user_id, role, updated_at)
              select o, gen_random_uuid(), id, 'student', now() from claims, unnest($3::uuid[]) o returning organization_id, user_id)
       insert into api_keys (organization_id, id, name, token_hash, hint, permissions, owner_id, updated_at)
         select organization_id, gen_random_uuid(), 'Key', sha256((organization_id::text || user_id)::bytea), 'x', '{}', user_id, now() from joined ${extra}`,
      [email, count, organizations],
    );
  }

  itInBothRuns.each(['verification', 'reset'])('a %s ends very many claims that are members elsewhere', async (way) => {
    const hosts = [await server.world.signUp(), await server.world.signUp()];
    const owner = await server.world.signUp();
    const { token } = await server.mailbox.waitFor(owner.email, 'Confirm');
    await forgot(owner.email);
    const { token: resetToken } = await server.mailbox.waitFor(owner.email, 'Reset');
    await plant(
      owner.email,
      rounds(60, 1000),
      hosts.map(({ organizationId }) => organizationId),
    );
    expect((await (way === 'reset' ? reset(resetToken) : verify({ token }, owner.api))).status).toBe(204);
    expect(await holders(owner.email)).toEqual([{ id: owner.userId, verified: true }]);
    for (const { organizationId, userId } of hosts)
      expect((await database.query('select user_id from memberships where organization_id = $1', [organizationId])).rows).toEqual([{ user_id: userId }]);
  });

  it('an address accepts a limited number of claims, also from links that were passed on', async () => {
    const host = await server.world.signUp();
    const email = server.world.email();
    const token = await server.world.invitationToken(host, email, 'student');
    await plant(email, 99, []);
    const crowd = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        (index % 2 === 0 ? server : replica).api.post('/auth/signup', { email, password: decoyPassword, name: 'Dee', organization: { name: server.world.unique('org') } }),
      ),
    );
    expect(crowd.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(crowd.find(({ status }) => status === 409)?.body.code).toBe('too_many_claims');
    expect(refusal(await server.api.post('/invitations/accept', { token, name: 'Dee', password: decoyPassword }))).toEqual({ status: 409, code: 'too_many_claims' });
    // The owner of the mailbox still gets in, also when a stranger has asked for all mails of the hour.
    for (let count = 0; count < 4; count += 1) await forgot(email);
    await server.mailbox.waitFor(email, 'Reset', 5);
    await forgot(email);
    const links = server.mailbox.to(email).filter(({ mail }) => mail.subject?.includes('Reset'));
    expect(links).toHaveLength(5);
    expect((await reset(links[1]?.token)).status).toBe(204);
    expect((await holders(email)).map(({ verified }) => verified)).toEqual([true]);
    expect((await logIn(email, newPassword)).status).toBe(200);
    // The address is free for sign-ups again.
    expect((await server.api.post('/auth/signup', { email, password: decoyPassword, name: 'Dee', organization: { name: server.world.unique('org') } })).status).toBe(201);
  });

  const age = async ({ userId }: Person): Promise<void> => {
    await database.query(`update users set created_at = now() - interval '91 days', last_login_at = now() - interval '91 days' where id = $1`, [userId]);
    await database.query(`update sessions set last_used_at = now() - interval '91 days' where user_id = $1`, [userId]);
  };

  it('the job ends accounts that were never verified and are not used, with organizations of their own', async () => {
    const host = await server.world.signUp({ verified: true });
    const unused = await server.world.signUp();
    const admitted = await server.world.invited(host, 'student');
    const people = {
      used: await server.world.signUp(),
      verified: await server.world.signUp({ verified: true }),
      paid: await server.world.signUp(),
      leading: await server.world.signUp(),
    };
    await server.world.invited(people.leading, 'student');
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [people.paid.organizationId]);
    for (const person of [unused, admitted, people.verified, people.paid, people.leading]) await age(person);
    await server.control.runJob('end-unverified-accounts', new Date());
    const left = async (ids: readonly string[]): Promise<string[]> =>
      (await database.query<{ id: string }>('select id from users where id = any($1) and disabled_at is null', [ids])).rows.map(({ id }) => id).sort();
    const kept = Object.values(people).map(({ userId }) => userId);
    expect(await left([unused.userId, admitted.userId, ...kept])).toEqual([...kept].sort());
    const { rows } = await database.query("select deleted_at is not null as deleted, erase_after > now() + interval '29 days' as later from organizations where id = $1", [
      unused.organizationId,
    ]);
    expect(rows).toEqual([{ deleted: true, later: true }]);
    expect((await host.api.get(`${host.home}/members/${admitted.userId}`)).status).toBe(404);
    expect(refusal(await unused.api.get('/auth/me'))).toEqual({ status: 401, code: 'session_ended' });
  });
});

describe('the job that ends unused accounts, under attack', () => {
  const age = async ({ userId }: Person): Promise<void> => {
    await database.query(`update users set created_at = now() - interval '91 days', last_login_at = now() - interval '91 days' where id = $1`, [userId]);
    await database.query(`update sessions set last_used_at = now() - interval '91 days' where user_id = $1`, [userId]);
  };
  const clean = (): Promise<unknown> => server.control.runJob('end-unverified-accounts', new Date());

  it('an account in use by a personal API key, an operator, and the owner of an organization whose keys are in use stay', async () => {
    const [host, operating, keyed] = [await server.world.signUp({ verified: true }), await server.world.signUp(), await server.world.signUp()];
    const member = await server.world.invited(host, 'student');
    const insertUsedKey = `insert into api_keys (organization_id, id, name, token_hash, hint, permissions, owner_id, last_used_at, updated_at)
      values ($1, gen_random_uuid(), 'Key', sha256($2::text::bytea), 'x', '{}', $3, now(), now())`;
    await database.query(insertUsedKey, [host.organizationId, member.userId, member.userId]);
    await database.query(insertUsedKey, [keyed.organizationId, keyed.userId, null]);
    await database.query('insert into platform_admins (user_id) values ($1)', [operating.userId]);
    for (const person of [operating, keyed, member]) await age(person);
    await clean();
    const { rows } = await database.query('select id from users where id = any($1) and disabled_at is null', [[operating.userId, keyed.userId, member.userId]]);
    expect(rows).toHaveLength(3);
  });

  itInBothRuns('accounts that sign in, verify or are claimed again while the job runs are ended as a whole or stay as a whole', async () => {
    const people = [];
    for (let count = 0; count < rounds(4, 20); count += 1) people.push(await server.world.signUp());
    const tokens: (string | undefined)[] = [];
    for (const { email } of people) tokens.push((await server.mailbox.waitFor(email, 'Confirm')).token);
    for (const person of people) await age(person);
    const calls = people.map(async ({ email }, index) => {
      if (index % 4 === 0) return logIn(email);
      if (index % 4 === 1) return verify({ token: tokens[index], password: goodPassword }, replica.api);
      if (index % 4 === 2) return forgot(email);
      return server.api.post('/auth/signup', { email, password: decoyPassword, name: 'Dee', organization: { name: server.world.unique('org') } });
    });
    const [, ...answers] = await Promise.all([clean(), ...calls]);
    expect(answers.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
    for (const [index, { userId, organizationId }] of people.entries()) {
      const { rows } = await database.query<{ lives: boolean; open: boolean }>(
        'select exists (select from users where id = $1 and disabled_at is null) as lives, exists (select from organizations where id = $2 and deleted_at is null) as open',
        [userId, organizationId],
      );
      expect({ index, ...rows[0] }).toEqual({ index, lives: rows[0]?.open, open: rows[0]?.open });
    }
    // What was answered as verified is verified.
    const verified = people.filter((_, index) => index % 4 === 1 && answers[index]?.status === 204).map(({ userId }) => userId);
    expect((await database.query('select from users where id = any($1) and email_verified_at is not null and disabled_at is null', [verified])).rowCount).toBe(verified.length);
  });
});

describe('sign-ups with few connections', () => {
  const signUpAt = ({ api }: TestServer, email: string): Promise<Answer> =>
    api.post('/auth/signup', { email, password: decoyPassword, name: 'Dee', organization: { name: server.world.unique('org') } });

  it('a sign-up needs one connection at a time', async () => {
    const small = await startTestServer({ CATALOG: toolboxaiWithoutConsent(), DATABASE_POOL_SIZE: '1' });
    try {
      const answers = await Promise.all(Array.from({ length: 8 }, () => signUpAt(small, server.world.email())));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    } finally {
      await small.close();
    }
  });

  itInLongRun('a sign-up waits longer than two seconds for a connection', async () => {
    // Requests without an organization share two of three connections.
    const small = await startTestServer({ CATALOG: toolboxaiWithoutConsent(), DATABASE_POOL_SIZE: '3' });
    const holder = await database.connect();
    const email = server.world.email();
    try {
      const session = await sessionOf(holder);
      await holder.query('begin');
      await holder.query(`select pg_advisory_xact_lock(hashtextextended('tenantry:address:' || $1, 0))`, [email]);
      const answers = Promise.all([signUpAt(small, email), signUpAt(small, email)]);
      const waiters = await eventually(
        () => lockWaiters(database, session),
        (count) => count >= 2,
      );
      expect(waiters).toBe(2);
      const third = signUpAt(small, server.world.email());
      // The time is the fact here: Prisma's default is two seconds.
      await holder.query('select pg_sleep(2.5)');
      await holder.query('commit');
      expect([...(await answers), await third].map(({ status }) => status)).toEqual([201, 201, 201]);
    } finally {
      holder.release();
      await small.close();
    }
  });
});

describe('several sign-ups with one address', () => {
  itInBothRuns('later sign-ups never displace the first holder or the verified account', async () => {
    for (const verified of [false, true]) {
      const owner = await server.world.owner({ verified });
      for (let index = 0; index < rounds(2, 5); index += 1) {
        await signUp(owner.email);
        expect(userOf(await logIn(owner.email))).toBe(owner.userId);
      }
    }
  });

  it('the newest sign-up can sign in whether or not the address is known', async () => {
    const [unknown, claimed, verified] = [server.world.email(), (await server.world.signUp()).email, (await server.world.signUp({ verified: true })).email];
    for (const email of [unknown, claimed, verified]) {
      const decoy = await signUp(email);
      expect(userOf(await logIn(email, decoyPassword))).toBe(decoy.userId);
    }
  });

  it('a decoy with the same password does not receive the logins of the first holder', async () => {
    const owner = await server.world.owner();
    await signUp(owner.email, goodPassword);
    expect(userOf(await logIn(owner.email))).toBe(owner.userId);
  });

  it('the login of a decoy clears no failed attempt of the verified account', async () => {
    const owner = await server.world.signUp({ verified: true });
    await signUp(owner.email);
    let guesses = 0;
    for (let round = 0; round < 6; round += 1) {
      if ((await logIn(owner.email, `guess number ${round}`)).status === 401) guesses += 1;
      await logIn(owner.email, decoyPassword);
    }
    expect(guesses).toBeLessThanOrEqual(5);
    expect(refusal(await logIn(owner.email))).toEqual({ status: 429, code: 'account_locked' });
  });

  it('a decoy with a guessed password learns nothing about a locked account', async () => {
    const owner = await server.world.signUp({ verified: true });
    for (let tries = 0; tries < 5; tries += 1) await logIn(owner.email, 'certainly not the passphrase');
    for (const guessed of [goodPassword, decoyPassword]) {
      const decoy = await signUp(owner.email, guessed);
      expect(userOf(await logIn(owner.email, guessed))).toBe(decoy.userId);
    }
  });

  it('the organization of a decoy does not lock the address', async () => {
    const owner = await server.world.signUp({ verified: true });
    const decoy = await signUp(owner.email);
    expect((await decoy.api.patch('/tenant/settings', { max_login_attempts: 1 })).status).toBe(200);
    for (let tries = 0; tries < 4; tries += 1) expect((await logIn(owner.email, 'certainly not the passphrase')).status).not.toBe(200);
    expect(userOf(await logIn(owner.email))).toBe(owner.userId);
  });

  it('the policy of a decoy does not show in the answers to a stranger', async () => {
    for (const verified of [true, false]) {
      const owner = await server.world.owner({ verified });
      const decoy = await signUp(owner.email);
      expect((await decoy.api.patch('/tenant/settings', { max_login_attempts: 1 })).status).toBe(200);
      for (let tries = 0; tries < 3; tries += 1) expect(refusal(await logIn(owner.email, 'certainly not it'))).toEqual({ status: 401, code: 'invalid_credentials' });
    }
  });

  it('an address is locked in the same way for a stranger with a decoy, whether or not it has an account', async () => {
    const seen = [];
    for (const email of [server.world.email(), (await server.world.signUp()).email, (await server.world.signUp({ verified: true })).email]) {
      await signUp(email);
      const answers = [];
      for (const password of [...Array.from({ length: 3 }, () => 'certainly not it'), decoyPassword, 'certainly not it', 'certainly not it', decoyPassword])
        answers.push(refusal(await logIn(email, password)));
      seen.push(answers);
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });
});

describe('recovery by mail', () => {
  it('a reset of an unverified account verifies it and removes the factor and sessions set up before the proof', async () => {
    const email = server.world.email();
    const decoy = await signUp(email);
    await enrol(decoy);
    await forgot(email);
    const { token } = await server.mailbox.waitFor(email, 'Reset');
    expect((await reset(token)).status).toBe(204);
    expect((await decoy.api.get('/auth/me')).status).toBe(401);
    const answer = await logIn(email, newPassword);
    expect(userOf(answer)).toBe(decoy.userId);
    expect((await server.api.as(answer.body.accessToken).get('/auth/me')).body).toMatchObject({ user: { emailVerified: true }, twoFactorEnabled: false });
  });

  it('a reset of a verified account keeps its second factor', async () => {
    const owner = await server.world.signUp({ verified: true });
    await enrol(owner);
    await forgot(owner.email);
    expect((await reset((await server.mailbox.waitFor(owner.email, 'Reset')).token)).status).toBe(204);
    expect((await logIn(owner.email, newPassword)).body.mfaRequired).toBe(true);
  });

  it('a reset on an address with several claims offers a link for each, and the one that is used ends the others', async () => {
    const email = server.world.email();
    const decoy = await signUp(email);
    const owner = await server.world.signUp({ email });
    await forgot(email);
    await server.mailbox.waitFor(email, 'Reset', 2);
    const mails = server.mailbox.to(email).filter(({ mail }) => mail.subject?.includes('Reset'));
    const token = mails.find(({ mail }) => mail.text?.includes('Olive Owner'))?.token;
    expect((await reset(token)).status).toBe(204);
    expect(userOf(await logIn(email, newPassword))).toBe(owner.userId);
    expect((await decoy.api.get('/auth/me')).status).toBe(401);
    const other = mails.find(({ mail }) => mail.text?.includes('Dee Decoy'))?.token;
    expect(refusal(await reset(other))).toEqual({ status: 410, code: 'invalid_reset_token' });
  });
});

describe('invitations and addresses', () => {
  it('an account verifies its address by accepting a mailed invitation, which ends other claims', async () => {
    const host = await server.world.signUp({ verified: true });
    const guest = await server.world.signUp();
    const decoy = await signUp(guest.email);
    await host.api.post(`${host.home}/invitations`, { email: guest.email, role: 'student' });
    const { token } = await server.mailbox.waitFor(guest.email, 'invited');
    expect((await guest.api.post('/invitations/accept', { token })).status).toBe(201);
    expect((await guest.api.get('/auth/me')).body.user.emailVerified).toBe(true);
    expect((await decoy.api.get('/auth/me')).status).toBe(401);
  });

  it('a person admitted by a link that was passed on gets a verification mail and can verify', async () => {
    const host = await server.world.signUp();
    const member = await server.world.invited(host, 'student');
    const { token } = await server.mailbox.waitFor(member.email, 'Confirm');
    expect((await verify({ token, password: goodPassword })).status).toBe(204);
    expect((await member.api.get('/auth/me')).body.user.emailVerified).toBe(true);
  });
});

describe('your own account', () => {
  const undoMail = async (email: string): Promise<string | undefined> => (await server.mailbox.waitFor(email, 'being changed')).token;

  it('the name and the default organization are changed', async () => {
    const owner = await server.world.owner();
    const { id } = (await owner.api.post('/organizations', { name: 'Second' })).body;
    expect((await owner.api.patch('/users/me', { name: 'Ada', defaultOrganizationId: id })).body).toMatchObject({
      name: 'Ada',
      defaultOrganizationId: id,
      email: owner.email,
      pendingEmail: null,
    });
    expect(decodeJwt((await logIn(owner.email)).body.accessToken)).toMatchObject({ org: id });
    expect((await owner.api.patch('/users/me', { defaultOrganizationId: null })).body.defaultOrganizationId).toBeNull();
    expect((await owner.api.get('/users/me')).body).toMatchObject({ id: owner.userId, name: 'Ada', emailVerified: false });
  });

  it.each([
    ['is suspended', `update organizations set status = 'suspended' where id = $1`],
    ['is in maintenance', 'update organizations set maintenance_mode = true where id = $1'],
    ['is deleted', 'update organizations set deleted_at = now() where id = $1'],
    ['lost the user as a member', 'delete from memberships where organization_id = $1'],
  ])('a login works in the only open organization when the default one %s', async (_, close) => {
    const owner = await server.world.owner();
    const { id: other } = (await owner.api.post('/organizations', { name: 'Second' })).body;
    expect(decodeJwt((await logIn(owner.email)).body.accessToken)).toMatchObject({ org: owner.organizationId });
    await database.query(close, [owner.organizationId]);
    expect(decodeJwt((await logIn(owner.email)).body.accessToken)).toMatchObject({ org: other });
  });

  let unchanged: Person | undefined;
  it.each([
    [{ name: '' }, 400, 'validation_failed'],
    [{ name: null }, 400, 'validation_failed'],
    [{ emailVerified: true }, 400, 'validation_failed'],
    [{ email: 'new@example.com' }, 400, 'malformed_request'],
    [{ email: 'new@example.com', currentPassword: decoyPassword }, 403, 'wrong_password'],
    [{ email: 'nonsense', currentPassword: goodPassword }, 400, 'validation_failed'],
    [{ defaultOrganizationId: '0192b8a0-0000-7000-8000-000000000000' }, 404, 'organization_not_found'],
  ])('a change of the account to %j is refused', async (body, status, code) => {
    unchanged ??= await server.world.owner();
    expect(refusal(await unchanged.api.patch('/users/me', body))).toEqual({ status, code });
  });

  it('a new address takes effect when it is proved, with the account, and the old one is notified', async () => {
    const owner = await server.world.signUp({ verified: true });
    const email = server.world.email('new');
    const claim = await signUp(email);
    expect((await owner.api.patch('/users/me', { email: email.toUpperCase(), currentPassword: goodPassword })).body).toMatchObject({ email: owner.email, pendingEmail: email });
    // Not for the readers of the organization's log.
    expect(
      (await (await chained(database)).query('select from audit.events where organization_id = $1 and strpos(details::text, $2) > 0', [owner.organizationId, email])).rowCount,
    ).toBe(0);
    expect(userOf(await logIn(owner.email))).toBe(owner.userId);
    const { token } = await server.mailbox.waitFor(email, 'Confirm', 2);
    expect(refusal(await verify({ token }))).toEqual({ status: 403, code: 'account_proof_needed' });
    expect((await verify({ token }, owner.api)).status).toBe(204);
    expect((await owner.api.get('/users/me')).body).toMatchObject({ email, emailVerified: true, pendingEmail: null });
    expect((await logIn(owner.email)).status).toBe(401);
    expect(userOf(await logIn(email))).toBe(owner.userId);
    expect((await claim.api.get('/auth/me')).status).toBe(401);
    const { mail } = await server.mailbox.waitFor(owner.email, 'being changed');
    expect(mail.text).toContain(email);
  });

  it('the former address undoes a change, which ends what the intruder has', async () => {
    const owner = await server.world.signUp({ verified: true });
    const email = server.world.email('intruder');
    await owner.api.patch('/users/me', { email, currentPassword: goodPassword });
    expect((await verify({ token: (await server.mailbox.waitFor(email, 'Confirm')).token }, owner.api)).status).toBe(204);
    await enrol(owner);
    const token = await undoMail(owner.email);
    expect((await server.api.post('/auth/email/undo', { token })).status).toBe(204);
    expect((await owner.api.get('/auth/me')).status).toBe(401);
    for (const address of [email, owner.email]) expect((await logIn(address)).status).toBe(401);
    await forgot(owner.email);
    expect((await reset((await server.mailbox.waitFor(owner.email, 'Reset')).token)).status).toBe(204);
    expect(userOf(await logIn(owner.email, newPassword))).toBe(owner.userId);
    expect(refusal(await server.api.post('/auth/email/undo', { token }))).toEqual({ status: 410, code: 'invalid_undo_token' });
  });

  itInBothRuns('what an intruder sets up while the change is undone does not survive', async () => {
    for (let round = 0; round < rounds(1, 10); round += 1) {
      const owner = await server.world.signUp({ verified: true });
      await owner.api.patch('/users/me', { email: server.world.email('thief'), currentPassword: goodPassword });
      const { token } = await server.mailbox.waitFor(owner.email, 'being changed');
      const crowd = Array.from({ length: 20 }, (_, index) => owner.api.on((index % 2 === 0 ? server : replica).url));
      const work = crowd.map(
        (thief, index) =>
          [
            () => thief.post('/auth/mfa/totp'),
            () => thief.post(`${owner.home}/api-keys`, { name: `Key ${index}`, belongsTo: 'me', permissions: [] }),
            () => thief.post('/auth/password/change', { currentPassword: goodPassword, newPassword }),
            () => thief.patch('/users/me', { email: server.world.email('thief'), currentPassword: goodPassword }),
          ][index % 4] as () => Promise<Answer>,
      );
      const answers = await Promise.all([...work.slice(0, 10), () => server.api.post('/auth/email/undo', { token }), ...work.slice(10)].map((call) => call()));
      expect(answers[10]?.status).toBe(204);
      expect(answers.filter(({ status }) => status === 500)).toEqual([]);
      const { rows } = await database.query(
        `select (select count(*)::int from second_factors where user_id = $1) as factors, (select count(*)::int from api_keys where owner_id = $1) as keys,
                (select count(*)::int from sessions where user_id = $1 and revoked_at is null) as sessions, (select count(*)::int from credentials where user_id = $1) as passwords,
                (select count(*)::int from user_tokens where user_id = $1 and used_at is null) as links`,
        [owner.userId],
      );
      expect(rows).toEqual([{ factors: 0, keys: 0, sessions: 0, passwords: 0, links: 0 }]);
    }
  });

  it('a second factor whose enrolment waits while the change is undone is refused', async () => {
    const owner = await server.world.signUp({ verified: true });
    await owner.api.patch('/users/me', { email: server.world.email('thief'), currentPassword: goodPassword });
    const { token } = await server.mailbox.waitFor(owner.email, 'being changed');
    const holder = await database.connect();
    const session = await sessionOf(holder);
    const waiters = (count: number): Promise<number> =>
      eventually(
        () => lockWaiters(database, session),
        (found) => found === count,
      );
    let answers: Answer[] = [];
    try {
      await holder.query('begin');
      await holder.query('select from users where id = $1 for no key update', [owner.userId]);
      const undo = server.api.post('/auth/email/undo', { token });
      expect(await waiters(1)).toBe(1);
      const enrolment = owner.api.post('/auth/mfa/totp');
      expect(await waiters(2)).toBe(2);
      await holder.query('commit');
      answers = await Promise.all([undo, enrolment]);
    } finally {
      holder.release();
    }
    expect(answers.map(({ status }) => status)).toEqual([204, 401]);
    expect((await database.query('select from second_factors where user_id = $1', [owner.userId])).rowCount).toBe(0);
  });

  it('a change can be undone before it takes effect, and cancelled by the present address', async () => {
    const owner = await server.world.signUp({ verified: true });
    const [first, second] = [server.world.email('first'), server.world.email('second')];
    await owner.api.patch('/users/me', { email: first, currentPassword: goodPassword });
    const { token } = await server.mailbox.waitFor(first, 'Confirm');
    expect((await owner.api.patch('/users/me', { email: owner.email, currentPassword: goodPassword })).body.pendingEmail).toBeNull();
    expect((await verify({ token }, owner.api)).status).toBe(410);
    await owner.api.patch('/users/me', { email: second, currentPassword: goodPassword });
    const { token: later } = await server.mailbox.waitFor(second, 'Confirm');
    expect((await server.api.post('/auth/email/undo', { token: (await server.mailbox.waitFor(owner.email, 'being changed', 2)).token })).status).toBe(204);
    expect((await verify({ token: later, password: goodPassword })).status).toBe(410);
  });

  it('links that were mailed to the former address stop working when the address changes', async () => {
    const owner = await server.world.signUp({ verified: true });
    const email = server.world.email('new');
    await forgot(owner.email);
    const { token } = await server.mailbox.waitFor(owner.email, 'Reset');
    await owner.api.patch('/users/me', { email, currentPassword: goodPassword });
    expect((await verify({ token: (await server.mailbox.waitFor(email, 'Confirm')).token }, owner.api)).status).toBe(204);
    expect(refusal(await reset(token))).toEqual({ status: 410, code: 'invalid_reset_token' });
  });

  it('a change to the address of another account is only refused to the holder of that mailbox', async () => {
    const [owner, other] = [await server.world.signUp({ verified: true }), await server.world.signUp({ verified: true })];
    expect((await owner.api.patch('/users/me', { email: other.email, currentPassword: goodPassword })).status).toBe(200);
    const { token } = await server.mailbox.waitFor(other.email, 'Confirm', 2);
    expect(refusal(await verify({ token }, owner.api))).toEqual({ status: 409, code: 'email_taken' });
    expect((await owner.api.get('/users/me')).body.email).toBe(owner.email);
  });

  const remove = ({ api }: Person, body: object = { currentPassword: goodPassword }): Promise<Answer> => api.request('DELETE', '/users/me', body);

  it('an account is deleted with its sessions, memberships and keys', async () => {
    const host = await server.world.owner();
    const member = await server.world.member(host, 'student');
    expect(refusal(await remove(member, { currentPassword: decoyPassword }))).toEqual({ status: 403, code: 'wrong_password' });
    expect((await remove(member)).status).toBe(204);
    expect(refusal(await member.api.get('/auth/me'))).toEqual({ status: 401, code: 'session_ended' });
    expect((await logIn(member.email)).status).toBe(401);
    expect((await host.api.get(`${host.home}/members/${member.userId}`)).status).toBe(404);
    expect((await database.query('select 1 from users where id = $1', [member.userId])).rowCount).toBe(0);
  });

  it('an account is not deleted while it is the only owner of an organization', async () => {
    const owner = await server.world.owner();
    expect(await remove(owner)).toMatchObject({ status: 409, body: { code: 'last_owner', organizations: [{ id: owner.organizationId, slug: owner.slug }] } });
    expect((await owner.api.delete(owner.home)).status).toBeLessThan(300);
    expect((await remove(owner)).status).toBe(204);
  });

  it('of two owners who delete their accounts at the same moment one remains', async () => {
    const owner = await server.world.owner();
    const second = await server.world.member(owner, 'owner');
    const answers = await Promise.all([remove(owner), second.api.request('DELETE', '/users/me', { currentPassword: goodPassword })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
  });

  itInBothRuns('requests during the deletion of an account are refused and do not fail', async () => {
    const host = await server.world.owner();
    for (let round = 0; round < rounds(3, 15); round += 1) {
      const member = await server.world.member(host, 'student');
      const answers = await Promise.all([
        remove(member),
        logIn(member.email),
        member.api.post('/auth/email/resend'),
        member.api.patch('/users/me', { email: server.world.email('new'), currentPassword: goodPassword }),
        member.api.patch('/users/me', { name: 'Mia' }),
        member.api.get('/users/me'),
        member.api.post('/auth/mfa/totp'),
        member.api.post('/auth/password/change', { currentPassword: goodPassword, newPassword }),
      ]);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    }
  });

  itInBothRuns('no route fails while the account that calls it, or that it names, is deleted', async () => {
    const operator = await server.control.createOperator(server.world.email('operator'));
    const platform = server.api.as((await logIn(operator.email)).body.accessToken);
    const host = await server.world.signUp({ verified: true });
    const all = await server.control.routes();
    const { body: team } = await host.api.post(`${host.home}/teams`, { name: 'All' });
    for (let round = 0; round < rounds(1, 6); round += 1) {
      const member = await server.world.invited(host, 'student');
      const path = (route: string): string =>
        targetOf(route)
          .replace(':organizationId', host.organizationId)
          .replace(/:(tenantId|id)(?=\/impersonate)/, host.organizationId)
          .replace(':userId', member.userId)
          .replace(/:\w+/g, member.userId);
      const bodies: Record<string, object> = {
        'POST /organizations': { name: server.world.unique('late') },
        'PATCH /users/me': { name: 'Mia' },
        'POST /auth/switch-organization': { organizationId: host.organizationId },
        'POST /tenants/:id/impersonate': { userId: member.userId, reason: 'Ticket 4711' },
        'POST /platform/admins': { userId: member.userId },
        'PATCH /organizations/:organizationId/members/:userId': { role: 'student' },
        'POST /organizations/:organizationId/join-requests': {},
      };
      const calls = all.flatMap(({ method, path: route }) => {
        const short = route.replace('/api/v1', '');
        const body = method === 'GET' ? undefined : (bodies[`${method} ${short}`] ?? {});
        if (
          `${method} ${short}` === 'DELETE /users/me' ||
          short.startsWith('/test') ||
          /logout|sessions|transfer|leave/.test(short) ||
          (method === 'DELETE' && short === '/organizations/:organizationId')
        )
          return [];
        const callers = short.startsWith('/tenants') || short.startsWith('/platform') ? [platform] : short.includes(':userId') ? [host.api] : [member.api];
        return callers.map((caller) => () => caller.request(method, path(route), body));
      });
      const named = [
        () => platform.post(`/tenants/${host.organizationId}/impersonate`, { userId: member.userId, reason: 'Ticket 4711' }),
        () => platform.post(`/platform/users/${member.userId}/disable`),
        () => host.api.patch(`${host.home}/members/${member.userId}`, { role: 'teacher' }),
        () => host.api.put(`${host.home}/teams/${team.id}/members/${member.userId}`),
        () => host.api.post(`${host.home}/transfer-ownership`, { userId: member.userId }),
        () => member.api.post('/organizations', { name: server.world.unique('late') }),
        () => member.api.post(`${host.home}/api-keys`, { name: 'Late', belongsTo: 'me', permissions: [] }),
      ];
      const chosen = round === 0 ? named : [...named, ...calls];
      const answers = await Promise.all([...chosen.slice(0, chosen.length / 2), () => remove(member), ...chosen.slice(chosen.length / 2)].map(async (call) => call()));
      expect(answers.filter(({ status }) => status >= 500 && status !== 503).map(({ text }) => text)).toEqual([]);
    }
  });

  it('deleting an account needs a code of the second factor', async () => {
    const host = await server.world.owner();
    const member = await server.world.member(host, 'student');
    const [code] = await enrol(member);
    expect(refusal(await remove(member))).toEqual({ status: 403, code: 'code_needed' });
    expect(refusal(await remove(member, { currentPassword: goodPassword, code: '000000' }))).toEqual({ status: 403, code: 'wrong_code' });
    expect((await member.api.get('/auth/me')).status).toBe(200);
    expect((await remove(member, { currentPassword: goodPassword, code })).status).toBe(204);
  });
});

describe('mail to one address', () => {
  const subjects = (email: string, part: string): number => server.mailbox.to(email).filter(({ mail }) => mail.subject?.includes(part)).length;
  const settled = async (email: string): Promise<{ dropped: number; open: number }> =>
    (
      await database.query<{ dropped: number; open: number }>(
        `select count(*) filter (where status = 'dropped')::int as dropped, count(*) filter (where status in ('pending', 'queued'))::int as open from mail_messages where recipient = $1`,
        [email],
      )
    ).rows[0] ?? { dropped: 0, open: 0 };

  itInBothRuns('sign-ups from many places mail an address only a few times an hour, and answer as usual', async () => {
    const email = server.world.email();
    const answers = await Promise.all(
      Array.from({ length: rounds(7, 20) }, (_, index) =>
        (index % 2 === 0 ? server : replica).api.post('/auth/signup', { email, password: decoyPassword, name: 'Dee', organization: { name: server.world.unique('org') } }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    await server.mailbox.waitFor(email, 'Confirm', 5);
    expect(
      await eventually(
        () => settled(email),
        ({ open }) => open === 0,
      ),
    ).toEqual({ dropped: 0, open: 0 });
    expect(subjects(email, 'Confirm')).toBe(5);
  });

  itInBothRuns('tags of one mailbox share its limit', async () => {
    const email = server.world.email();
    const tagged = Array.from({ length: rounds(6, 8) }, (_, index) => email.replace('@', `+${index}@`));
    for (const address of tagged) await signUp(address);
    await server.mailbox.waitFor(tagged[4] ?? '', 'Confirm');
    const { rows } = await database.query('select count(*)::int as count from mail_messages where recipient = any($1)', [tagged]);
    expect(rows).toEqual([{ count: 5 }]);
  });

  it('only a verified account adds a message to a mailed invitation', async () => {
    const owner = await server.world.signUp();
    const invite = (extra: object): Promise<Answer> => owner.api.post(`${owner.home}/invitations`, { email: server.world.email(), role: 'student', ...extra });
    expect(refusal(await invite({ message: 'Buy now' }))).toEqual({ status: 403, code: 'email_not_verified' });
    expect((await invite({ message: 'Come in', delivery: 'link' })).status).toBe(201);
    expect((await invite({})).status).toBe(201);
    await server.world.verify(owner.email);
    expect((await invite({ message: 'Come in' })).status).toBe(201);
  });

  itInBothRuns('every reset link that was mailed works until one of them is used, also while requests are over the limit', async () => {
    for (const chosen of [0, 4]) {
      const { email } = await server.world.signUp({ verified: true });
      await Promise.all(Array.from({ length: rounds(7, 12) }, () => forgot(email)));
      await server.mailbox.waitFor(email, 'Reset', 5);
      await forgot(email);
      const links = server.mailbox.to(email).filter(({ mail }) => mail.subject?.includes('Reset'));
      expect(links).toHaveLength(5);
      expect((await reset(links[chosen]?.token)).status).toBe(204);
      const others = await Promise.all(links.map(({ token }) => reset(token, decoyPassword)));
      expect(others.map(refusal)).toEqual(links.map(() => ({ status: 410, code: 'invalid_reset_token' })));
    }
  });

  it('of parallel resets with different links of one account exactly one succeeds', async () => {
    const { email } = await server.world.signUp({ verified: true });
    for (let count = 0; count < 3; count += 1) await forgot(email);
    await server.mailbox.waitFor(email, 'Reset', 3);
    const links = server.mailbox.to(email).filter(({ mail }) => mail.subject?.includes('Reset'));
    const answers = await Promise.all(links.map(({ token }, index) => (index % 2 === 0 ? server : replica).api.post('/auth/password/reset', { token, newPassword })));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 410, 410]);
  });

  it('a stranger who uses up the mails to an address every hour keeps its owner neither from verifying nor from resetting', async () => {
    const email = server.world.email();
    for (let count = 0; count < 5; count += 1) await signUp(email);
    await server.mailbox.waitFor(email, 'Confirm', 5);
    // The owner signs up, and no mail is sent for this account: the link in any of the others proves the mailbox.
    const owner = await server.world.signUp({ email });
    await signUp(email);
    expect((await owner.api.post('/auth/email/resend')).status).toBeLessThan(300);
    expect(
      await eventually(
        () => settled(email),
        ({ open }) => open === 0,
      ),
    ).toEqual({ dropped: 0, open: 0 });
    const links = server.mailbox.to(email).filter(({ mail }) => mail.subject?.includes('Confirm'));
    expect(links).toHaveLength(5);
    expect(refusal(await verify({ token: links[2]?.token }))).toEqual({ status: 403, code: 'account_proof_needed' });
    const outsider = await server.world.signUp();
    expect(refusal(await verify({ token: links[2]?.token }, outsider.api))).toEqual({ status: 403, code: 'account_proof_needed' });
    expect((await verify({ token: links[2]?.token }, owner.api)).status).toBe(204);
    expect(await holders(email)).toEqual([{ id: owner.userId, verified: true }]);
    expect(refusal(await verify({ token: links[3]?.token, password: decoyPassword }))).toEqual({ status: 410, code: 'invalid_verification_token' });
  });

  it('a link that verifies the present address of one account changes the address of no other', async () => {
    const [owner, other] = [await server.world.signUp(), await server.world.signUp()];
    const { token } = await server.mailbox.waitFor(owner.email, 'Confirm');
    // The session is of an account that has left the address since.
    const moved = server.world.email('moved');
    const mover = await server.world.signUp({ email: owner.email });
    await mover.api.patch('/users/me', { email: moved, currentPassword: goodPassword });
    const { token: movedToken } = await server.mailbox.waitFor(moved, 'Confirm');
    expect((await verify({ token: movedToken }, mover.api)).status).toBe(204);
    for (const { api } of [mover, other]) expect(refusal(await verify({ token }, api))).toEqual({ status: 403, code: 'account_proof_needed' });
    expect((await mover.api.get('/users/me')).body).toMatchObject({ email: moved, emailVerified: true });
    expect((await verify({ token }, owner.api)).status).toBe(204);
  });

  itInBothRuns('invitations of many organizations mail an address only a few times an hour', async () => {
    const email = server.world.email();
    const hosts = await Promise.all(Array.from({ length: rounds(6, 8) }, () => server.world.signUp({ verified: true })));
    const answers = await Promise.all(hosts.map((host) => host.api.post(`${host.home}/invitations`, { email, role: 'student' })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    await server.mailbox.waitFor(email, 'invited', 5);
    expect(
      await eventually(
        () => settled(email),
        ({ open }) => open === 0,
      ),
    ).toEqual({ dropped: hosts.length - 5, open: 0 });
    expect(subjects(email, 'invited')).toBe(5);
  });
});
