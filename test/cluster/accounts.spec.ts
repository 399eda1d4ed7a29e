import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer, Client } from '../support/client.js';
import { AttackedReplicas, crowd, outcome, outcomes } from '../support/attacked-replicas.js';
import { eventually } from '../support/eventually.js';
import { codeOf } from '../support/totp.js';
import { goodPassword, type Person } from '../support/world.js';

// Twenty callers, spread over two server processes, attack accounts, addresses and sessions.

let attacked: AttackedReplicas;
beforeAll(async () => void (attacked = await AttackedReplicas.start()), 60_000);
afterAll(() => attacked.end());

const decoyPassword = 'the passphrase of a decoy';
const newPassword = 'a quite different passphrase';

const look = <Row = { count: number }>(sql: string, ...values: unknown[]): Promise<Row[]> => attacked.replicas.rows<Row>(sql, ...values);
const count = async (sql: string, ...values: unknown[]): Promise<number> => (await look(`select count(*)::integer ${sql}`, ...values))[0]?.count ?? 0;
const signUp = (api: Client, email: string, password = decoyPassword): Promise<Answer> =>
  api.post('/auth/signup', { email, password, name: 'Dee Decoy', organization: { name: attacked.world.unique('org') } });
const logIn = (api: Client, email: string, password = goodPassword): Promise<Answer> => api.post('/auth/login', { email, password });
const working = async (answers: readonly Answer[]): Promise<Answer[]> =>
  (await attacked.crowd((api, number) => api.as(answers[number]?.body?.accessToken ?? 'none').get('/auth/me'), answers.length)).filter(({ status }) => status === 200);

/** Replaces the links that were mailed to claims on an address by links of known content: the limit of mails leaves most claims without one. */
async function linksOf(claims: readonly string[], email: string): Promise<string[]> {
  const tokens = claims.map((id) => id.replaceAll('-', '').padStart(43, 'x'));
  await look(`update user_tokens set used_at = now() where email = $1 and used_at is null`, email);
  await look(
    `insert into user_tokens (id, user_id, purpose, email, token_hash, expires_at)
     select gen_random_uuid(), claim::uuid, 'verify_email', $3, sha256(convert_to(token, 'utf8')), now() + interval '1 hour' from unnest($1::text[], $2::text[]) t (claim, token)`,
    claims,
    tokens,
    email,
  );
  return tokens;
}

describe('claims on one address', () => {
  it('of twenty claims that are verified on both replicas one gets the address, and no organization is lost', async () => {
    const email = attacked.world.email();
    const claims = (await attacked.crowd((api) => signUp(api, email))).map(({ body }) => body);
    const tokens = await linksOf(
      claims.map(({ user }) => user.id),
      email,
    );
    const answers = await attacked.crowd((api, number) => {
      const { accessToken } = claims[number];
      return number % 2 === 0
        ? api.as(accessToken).post('/auth/email/verify', { token: tokens[number] })
        : api.post('/auth/email/verify', { token: tokens[number], password: decoyPassword });
    });
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    const winner = claims[answers.findIndex(({ status }) => status === 204)].user.id;
    expect(await look('select id from users where email = $1', email)).toEqual([{ id: winner }]);
    expect(await working(claims.map((body, number) => ({ ...(answers[number] as Answer), body })))).toHaveLength(1);
    expect(
      await count(
        `from organizations o where id = any($1) and exists (select from memberships m where m.organization_id = o.id and m.role = 'owner')`,
        claims.map(({ organization }) => organization.id),
      ),
    ).toBe(crowd);
  });

  it('sign-ups, logins and reset requests for an address do not disturb its verification on the other replica', async () => {
    const email = attacked.world.email();
    const owner = await attacked.world.owner({ email });
    const [token] = await linksOf([owner.userId], email);
    const [answers, verified] = await Promise.all([
      attacked.crowd((api, number) => {
        if (number % 3 === 0) return signUp(api, email);
        return number % 3 === 1 ? logIn(api, email, decoyPassword) : api.post('/auth/password/forgot', { email });
      }),
      attacked.as(owner.api, 1).post('/auth/email/verify', { token }),
    ]);
    // A reset request that comes first replaces nothing, and a sign-up that comes last is a claim without effect.
    expect(verified.status).toBe(204);
    expect(answers.filter((_, number) => number % 3 === 0).map(outcome)).toEqual(Array.from({ length: 7 }, () => '201'));
    expect(await look('select id from users where email = $1 and email_verified_at is not null', email)).toEqual([{ id: owner.userId }]);
    expect((await attacked.as(owner.api, 0).get('/auth/me')).body.user.emailVerified).toBe(true);
  });

  it('the logins of a decoy on one replica give no further guesses against the account on the other', async () => {
    const victim = await attacked.world.owner({ verified: true });
    expect((await signUp(attacked.at(1), victim.email)).status).toBe(201);
    const guesses = await attacked.crowd((api, number) => logIn(api, victim.email, number % 4 === 3 ? decoyPassword : `wrong passphrase ${number}`), 2 * crowd);
    const [decoys, strangers] = [guesses.filter((_, number) => number % 4 === 3), guesses.filter((_, number) => number % 4 !== 3)];
    const { '401 invalid_credentials': compared = 0, '429 account_locked': locked } = outcomes(strangers);
    const { max_login_attempts: allowed } = (await victim.api.get('/tenant/settings')).body;
    expect(compared).toBeLessThanOrEqual(allowed);
    expect(locked).toBe(strangers.length - compared);
    expect(decoys.map(outcome).filter((each) => !['200', '429 account_locked'].includes(each))).toEqual([]);
    for (const replica of [0, 1]) expect(outcome(await logIn(attacked.at(replica), victim.email))).toBe('429 account_locked');
    expect((await attacked.as(victim.api, 1).get('/auth/me')).status).toBe(200);
  });

  it('twenty senders on both replicas mail an address five times in an hour for each kind of mail', async () => {
    const email = attacked.world.email();
    const hosts = await Promise.all(Array.from({ length: 4 }, () => attacked.subscriber()));
    await attacked.crowd((api) => signUp(api, email));
    await attacked.crowd((api) => api.post('/auth/password/forgot', { email: email.replace('@', '+tag@') }));
    await attacked.crowd((api) => api.post('/auth/password/forgot', { email }));
    const invited = await attacked.crowd((_, number) => {
      const host = hosts[number % 4] as Person;
      return attacked.as(host.api, number).post(`${host.home}/invitations`, { email: email.replace('@', `+${number}@`), role: 'member' });
    });
    expect(outcomes(invited)).toEqual({ 201: crowd });
    const mailbox = `regexp_replace(recipient, '[+][^@]*@', '@') = $1`;
    await eventually(
      () => count(`from mail_messages where ${mailbox} and status in ('pending', 'queued')`, email),
      (open) => open === 0,
      20_000,
    );
    const sent = await look(`select template, count(*)::integer from mail_messages where ${mailbox} and status <> 'dropped' group by template order by template`, email);
    expect(sent).toEqual([
      { template: 'invitation', count: 5 },
      { template: 'reset-password', count: 5 },
      { template: 'verify-email', count: 5 },
    ]);
  });
});

describe('links and half-done logins', () => {
  it('a link to reset the password that is used twenty times on both replicas works once', async () => {
    const owner = await attacked.world.owner({ verified: true });
    await attacked.at(0).post('/auth/password/forgot', { email: owner.email });
    const { token } = await attacked.mailbox.waitFor(owner.email, 'Reset');
    const answers = await attacked.crowd((api, number) => api.post('/auth/password/reset', { token, newPassword: `${newPassword} ${number}` }));
    expect(outcomes(answers)).toEqual({ 204: 1, '410 invalid_reset_token': crowd - 1 });
    const winner = answers.findIndex(({ status }) => status === 204);
    expect((await logIn(attacked.at(1), owner.email, `${newPassword} ${winner}`)).status).toBe(200);
    expect(outcome(await attacked.as(owner.api, 1).get('/auth/me'))).toBe('401 session_ended');
  });

  it('no half-done login becomes a session once another replica has changed the password', async () => {
    const owner = await attacked.world.owner({ verified: true });
    const { secret } = (await owner.api.post('/auth/mfa/totp')).body;
    const { recoveryCodes } = (await owner.api.post('/auth/mfa/totp/confirm', { code: codeOf(secret) })).body;
    const tokens: string[] = [];
    for (let number = 0; number < 10; number += 1) tokens.push((await logIn(attacked.at(number), owner.email)).body.mfaToken);
    const complete = (): Promise<Answer[]> => attacked.crowd((api, number) => api.post('/auth/mfa/verify', { mfaToken: tokens[number % 10], code: recoveryCodes[number % 10] }));
    const [during, changed] = await Promise.all([complete(), attacked.as(owner.api, 1).post('/auth/password/change', { currentPassword: goodPassword, newPassword })]);
    expect(changed.status).toBe(200);
    expect(during.map(outcome).filter((each) => !['200', '401 invalid_mfa_token', '403 wrong_code', '429 account_locked'].includes(each))).toEqual([]);
    expect(await working(during)).toEqual([]);
    expect(outcomes(await complete())).toEqual({ '401 invalid_mfa_token': crowd });
    expect((await attacked.at(1).as(changed.body.accessToken).get('/auth/me')).status).toBe(200);
  });
});

describe('sessions', () => {
  it('no request on either replica revives a session that has timed out', async () => {
    const owner = await attacked.world.owner({ verified: true });
    expect((await owner.api.patch('/tenant/settings', { session_timeout_minutes: 30 })).status).toBe(200);
    const { body: second } = await owner.api.post('/organizations', { name: 'Second' });
    const elsewhere = (await owner.api.post('/auth/switch-organization', { organizationId: second.id })).body.accessToken as string;
    await look(`update sessions set last_used_at = now() - interval '45 minutes' where user_id = $1`, owner.userId);
    const calls: ((api: Client) => Promise<Answer>)[] = [
      (api) => api.post('/invitations/accept', { token: 'x'.repeat(43) }),
      (api) => api.get('/auth/me'),
      (api) => api.post('/auth/switch-organization', { organizationId: second.id }),
      (api) => api.post('/auth/switch-organization', { organizationId: null }),
      (api) => api.get('/organizations'),
      (api) => api.post('/organizations', { name: 'Third' }),
      (api) => api.as(elsewhere).get(`/organizations/${second.id}/teams`),
      (api) => api.as(elsewhere).post(`/organizations/${second.id}/teams`, { name: 'Late' }),
      (api) => api.as(undefined).post('/auth/refresh', { refreshToken: owner.refreshToken }),
      (api) => api.get(`${owner.home}/teams`),
    ];
    for (let round = 0; round < 2; round += 1) {
      const answers = await attacked.crowd((api, number) => (calls[Math.floor(number / 2) % calls.length] as (typeof calls)[number])(api.as(owner.accessToken)));
      expect(outcomes(answers)).toEqual({ '401 session_timed_out': crowd });
    }
    expect(await count(`from sessions where user_id = $1 and last_used_at > now() - interval '44 minutes'`, owner.userId)).toBe(0);
  });

  it('an honest session survives twenty switches of the organization and refreshes on both replicas', async () => {
    const owner = await attacked.world.owner();
    const { body: second } = await owner.api.post('/organizations', { name: 'Second' });
    let { refreshToken } = owner;
    const refreshing = async (): Promise<Answer[]> => {
      const answers = [];
      for (let times = 0; times < 8; times += 1) {
        const answer = await attacked.at(times).post('/auth/refresh', { refreshToken });
        ({ refreshToken } = answer.body);
        answers.push(answer);
      }
      return answers;
    };
    const [refreshed, switched] = await Promise.all([
      refreshing(),
      attacked.crowd((_, number) => attacked.as(owner.api, number).post('/auth/switch-organization', { organizationId: number % 4 < 2 ? second.id : owner.organizationId })),
    ]);
    expect(outcomes([...refreshed, ...switched])).toEqual({ 200: crowd + 8 });
    expect(await working([...refreshed, ...switched])).toHaveLength(crowd + 8);
    expect(await count('from refresh_tokens t join sessions s on s.id = t.session_id where s.user_id = $1 and t.used_at is null', owner.userId)).toBe(1);
  });

  it('a refresh token that is used twenty times on both replicas gives one line of tokens, and a later use ends the session', async () => {
    const owner = await attacked.world.owner();
    const answers = await attacked.crowd((api) => api.post('/auth/refresh', { refreshToken: owner.refreshToken }));
    expect(outcomes(answers)).toEqual({ 200: crowd });
    expect(new Set(answers.map(({ body }) => body.refreshToken as string)).size).toBe(1);
    const next = answers[0]?.body.refreshToken as string;
    // The thief has the first token, the user the next one.
    const both = await attacked.crowd((api, number) => api.post('/auth/refresh', { refreshToken: number % 4 < 2 ? next : owner.refreshToken }));
    const last = await attacked.at(1).post('/auth/refresh', { refreshToken: owner.refreshToken });
    expect([...both, last].some(({ body }) => body.code === 'refresh_token_reused')).toBe(true);
    expect(await working([...answers, ...both])).toEqual([]);
    expect(await count('from sessions where user_id = $1 and revoked_at is null', owner.userId)).toBe(0);
  });

  it('an invitation that its guest accepts twenty times on both replicas gives one membership', async () => {
    const [host, guest] = [await attacked.world.owner(), await attacked.world.owner({ verified: true })];
    const token = await attacked.world.invitationToken(host, guest.email);
    const answers = await attacked.crowd((_, number) => attacked.as(guest.api, number).post('/invitations/accept', { token }));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await count('from memberships where organization_id = $1 and user_id = $2', host.organizationId, guest.userId)).toBe(1);
  });
});
