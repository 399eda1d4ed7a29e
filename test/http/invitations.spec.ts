import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { testDatabase } from '../support/database.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let database: pg.Pool;
beforeAll(async () => {
  server = await startTestServer();
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
});
afterAll(async () => {
  await database.end();
  await server.close();
});

const invite = (person: Person, body: object) => person.api.post(`${person.home}/invitations`, body);
const tokenOf = (link: string): string => new URL(link).searchParams.get('token') ?? '';

describe('inviting', () => {
  it('the mailed link starts with APP_URL, and the token appears nowhere else', async () => {
    const owner = await server.world.owner({ organization: 'Acme <b>& Sons</b>', verified: true });
    const email = server.world.email();
    const { status, body, text } = await owner.api
      .with({ 'x-forwarded-host': 'evil.example' })
      .post(`${owner.home}/invitations`, { email, role: 'admin', message: 'Come in,\nplease' });
    expect(status).toBe(201);
    expect(body.data[0]).toMatchObject({ email, role: 'admin', status: 'pending', delivery: 'mail' });
    const { mail, token = '' } = await server.mailbox.waitFor(email, 'Olive Owner invited you');
    expect(mail.text).toContain(`https://app.tenantry.test/invitations/accept?token=${token}`);
    expect(mail.text).toContain('Come in,');
    expect(mail.html).toContain('Acme &lt;b&gt;&amp; Sons&lt;/b&gt;');
    expect(token.length).toBeGreaterThanOrEqual(43);
    const listed = await owner.api.get(`${owner.home}/invitations`);
    for (const shown of [text, listed.text]) expect(shown).not.toContain(token);
    const { rows } = await database.query(
      'select i::text, m::text as mail from invitations i left join mail_messages m on m.organization_id = i.organization_id where i.email = $1',
      [email],
    );
    expect(JSON.stringify(rows)).not.toContain(token);
    const hash = await database.query(`select 1 from invitations where token_hash = sha256(convert_to($1, 'utf8'))`, [token]);
    expect(hash.rowCount).toBe(1);
  });

  it('up to 100 invitations are created at once, all or none', async () => {
    const owner = await server.world.owner();
    await owner.api.patch(`${owner.home}/subscription`, { plan: 'enterprise' });
    const many = Array.from({ length: 100 }, () => ({ email: server.world.email(), role: 'member', delivery: 'link' }));
    const made = await invite(owner, { invitations: many });
    expect(made.status).toBe(201);
    expect(made.body.data).toHaveLength(100);
    const bad = [
      { invitations: [...many, { email: server.world.email(), role: 'member' }] },
      { invitations: [] },
      {
        invitations: [
          { email: server.world.email(), role: 'member' },
          { email: 'nonsense', role: 'member' },
        ],
      },
      { invitations: many, email: server.world.email(), role: 'member' },
      { email: server.world.email() },
      {},
    ];
    for (const body of bad) expect((await invite(owner, body)).status).toBe(400);
    const fresh = server.world.email();
    expect(
      (
        await invite(owner, {
          invitations: [
            { email: fresh, role: 'member' },
            { email: server.world.email(), role: 'wizard' },
          ],
        })
      ).status,
    ).toBe(422);
    expect(
      (
        await invite(owner, {
          invitations: [
            { email: fresh, role: 'member' },
            { email: fresh.toUpperCase(), role: 'admin' },
          ],
        })
      ).body.code,
    ).toBe('duplicate_address');
    expect(
      (
        await invite(owner, {
          invitations: [
            { email: fresh, role: 'member' },
            { email: owner.email, role: 'member' },
          ],
        })
      ).body.code,
    ).toBe('already_member');
    expect((await owner.api.get(`${owner.home}/invitations?count=true`)).body.total).toBe(100);
  });

  it('a new invitation replaces the pending one, resending creates a new link, and revoking ends it', async () => {
    const owner = await server.world.owner();
    const email = server.world.email();
    const first = (await invite(owner, { email, role: 'member', delivery: 'link' })).body.data[0];
    const second = (await invite(owner, { email, role: 'admin', delivery: 'link' })).body.data[0];
    expect(await server.api.post('/invitations/preview', { token: tokenOf(first.link) })).toMatchObject({ status: 410, body: { code: 'invitation_revoked' } });
    const third = (await owner.api.post(`${owner.home}/invitations/${second.id}/resend`)).body;
    expect(third.link).not.toBe(second.link);
    expect((await server.api.post('/invitations/preview', { token: tokenOf(second.link) })).status).toBe(404);
    expect((await server.api.post('/invitations/preview', { token: tokenOf(third.link) })).body).toMatchObject({
      email,
      role: 'admin',
      organization: { id: owner.organizationId },
      invitedBy: 'Olive Owner',
    });
    expect((await owner.api.delete(`${owner.home}/invitations/${second.id}`)).status).toBe(204);
    expect((await owner.api.delete(`${owner.home}/invitations/${second.id}`)).status).toBe(410);
    expect((await owner.api.post(`${owner.home}/invitations/${second.id}/resend`)).status).toBe(410);
    expect((await server.api.post('/invitations/accept', { token: tokenOf(third.link), name: 'X', password: goodPassword })).status).toBe(410);
    expect((await owner.api.get(`${owner.home}/invitations?status=revoked&count=true`)).body.total).toBe(2);
  });

  it('invitations of another organization cannot be read, resent or revoked', async () => {
    const [a, b] = await server.world.twoTenants();
    const { id } = (await invite(b, { email: server.world.email(), role: 'member', delivery: 'link' })).body.data[0];
    expect((await a.api.post(`${a.home}/invitations/${id}/resend`)).status).toBe(404);
    expect((await a.api.delete(`${a.home}/invitations/${id}`)).status).toBe(404);
    expect((await a.api.get(`${a.home}/invitations`)).body.data).toEqual([]);
  });
});

describe('accepting', () => {
  it('a new account from a mailed link has a verified address and is signed in', async () => {
    const owner = await server.world.owner();
    const email = server.world.email();
    await invite(owner, { email, role: 'member' });
    const { token } = await server.mailbox.waitFor(email);
    expect((await server.api.post('/invitations/accept', { token })).body.code).toBe('account_needed');
    expect((await server.api.post('/invitations/accept', { token, name: 'Grace', password: 'password12345' })).body.code).toBe('weak_password');
    const { status, body } = await server.api.post('/invitations/accept', { token, name: 'Grace', password: goodPassword });
    expect(status).toBe(201);
    const me = await server.api.as(body.accessToken).get('/auth/me');
    expect(me.body).toMatchObject({ user: { email, name: 'Grace', emailVerified: true }, role: 'member', activeOrganization: { id: owner.organizationId } });
    expect((await server.api.post('/invitations/accept', { token, name: 'Grace', password: goodPassword })).status).toBe(410);
  });

  it('accepting an invitation by a shared link does not verify the address', async () => {
    const owner = await server.world.owner();
    const member = await server.world.invited(owner);
    expect((await member.api.get('/auth/me')).body.user.emailVerified).toBe(false);
  });

  it('a signed-in user can accept only with the invited, verified address', async () => {
    const owner = await server.world.owner();
    const [guest, stranger] = [await server.world.signUp(), await server.world.owner({ verified: true })];
    const token = await server.world.invitationToken(owner, guest.email, 'admin');
    expect(await stranger.api.post('/invitations/accept', { token })).toMatchObject({ status: 403, body: { code: 'invitation_for_other_address' } });
    expect(await guest.api.post('/invitations/accept', { token })).toMatchObject({ status: 403, body: { code: 'email_not_verified' } });
    await server.world.verify(guest.email);
    expect(await guest.api.post('/invitations/accept', { token })).toMatchObject({ status: 201, body: { role: 'admin' } });
    const switched = await guest.api.post('/auth/switch-organization', { organizationId: owner.organizationId });
    expect((await server.api.as(switched.body.accessToken).get('/auth/me')).body.role).toBe('admin');
    expect(await server.api.as('nonsense').post('/invitations/accept', { token })).toMatchObject({ status: 401 });
  });

  it('accepting never changes the password of an existing account', async () => {
    const owner = await server.world.owner();
    const victim = await server.world.owner({ verified: true });
    await owner.api.post(`${owner.home}/invitations`, { email: victim.email, role: 'member' });
    const { token } = await server.mailbox.waitFor(victim.email, 'invited');
    const attempt = await server.api.post('/invitations/accept', { token, name: 'Thief', password: 'a passphrase of the thief' });
    expect(attempt).toMatchObject({ status: 409, body: { code: 'account_exists' } });
    expect((await server.api.post('/auth/login', { email: victim.email, password: 'a passphrase of the thief' })).status).toBe(401);
    expect((await server.api.post('/auth/login', { email: victim.email, password: goodPassword })).status).toBe(200);
  });

  it('a link that was passed on does not tell whether its address has an account', async () => {
    const owner = await server.world.owner();
    const [unknown, claimed, verified] = [server.world.email(), await server.world.owner(), await server.world.owner({ verified: true })];
    const bodies = [
      {},
      { name: 'Thief' },
      { name: 'Thief', password: 'short' },
      { name: 'Thief', password: 'password1234' },
      { name: 'Thief', password: 'a passphrase of the thief' },
    ];
    const seen = [];
    for (const email of [unknown, claimed.email, verified.email]) {
      const token = await server.world.invitationToken(owner, email);
      const answers = [];
      for (const body of bodies) {
        const answer = await server.api.post('/invitations/accept', { token, ...body });
        answers.push({ status: answer.status, code: answer.body.code, keys: Object.keys(answer.body), headers: [...answer.headers.keys()] });
      }
      seen.push(answers);
    }
    expect(seen[0]?.at(-1)?.status).toBe(201);
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    const login = await server.api.post('/auth/login', { email: verified.email, password: goodPassword });
    expect((await server.api.as(login.body.accessToken).get('/auth/me')).body.user).toMatchObject({ id: verified.userId, emailVerified: true });
    expect((await verified.api.get('/auth/me')).body.memberships).toHaveLength(1);
  });

  it('a second click on the link of an accepted invitation shows the membership', async () => {
    const [owner, guest, other] = [await server.world.owner(), await server.world.owner({ verified: true }), await server.world.owner({ verified: true })];
    const token = await server.world.invitationToken(owner, guest.email);
    const clicks = await Promise.all([1, 2, 3].map(() => guest.api.post('/invitations/accept', { token })));
    expect(clicks.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    const again = await guest.api.post('/invitations/accept', { token });
    expect(again).toMatchObject({ status: 200, body: { organization: { id: owner.organizationId }, role: 'member', userId: guest.userId } });
    for (const api of [other.api, server.api]) expect((await api.post('/invitations/accept', { token, name: 'X', password: goodPassword })).status).toBe(410);
    expect((await owner.api.delete(`${owner.home}/members/${guest.userId}`)).status).toBe(204);
    expect(await guest.api.post('/invitations/accept', { token })).toMatchObject({ status: 410, body: { code: 'invitation_accepted' } });
  });

  it('an expired or declined invitation, or one of a deleted organization, is refused', async () => {
    const owner = await server.world.owner();
    const [late, declined, deleted] = [
      await server.world.invitationToken(owner, server.world.email()),
      await server.world.invitationToken(owner, server.world.email()),
      await server.world.invitationToken(owner, server.world.email()),
    ];
    await database.query(
      `update invitations set expires_at = now() - interval '1 second', created_at = now() - interval '8 days', sent_at = now() - interval '8 days' where token_hash = sha256(convert_to($1, 'utf8'))`,
      [late],
    );
    expect(await server.api.post('/invitations/accept', { token: late, name: 'X', password: goodPassword })).toMatchObject({ status: 410, body: { code: 'invitation_expired' } });
    expect((await owner.api.get(`${owner.home}/invitations?status=expired`)).body.data).toHaveLength(1);
    expect((await server.api.post('/invitations/decline', { token: declined })).status).toBe(204);
    expect(await server.api.post('/invitations/decline', { token: declined })).toMatchObject({ status: 410, body: { code: 'invitation_declined' } });
    await owner.api.delete(owner.home);
    expect((await server.api.post('/invitations/preview', { token: deleted })).status).toBe(404);
  });

  it.each(['', 'x', 'null', 'A'.repeat(64), '../..', "' or 1=1--"])('an invalid token is refused: %j', async (token) => {
    expect([400, 404]).toContain((await server.api.post('/invitations/accept', { token, name: 'X', password: goodPassword })).status);
  });
});

describe('mail', () => {
  it('a mail is sent again after a temporary failure of the mail server', async () => {
    const owner = await server.world.owner({ verified: true });
    const email = server.world.email();
    server.mailbox.refuseNext(email);
    await invite(owner, { email, role: 'member' });
    // The next attempt would begin in half a minute.
    const due = `update mail_messages set next_attempt_at = now() - interval '1 day' where recipient = $1 and failure = 'deferred'`;
    await eventually(
      () => database.query(due, [email]),
      ({ rowCount }) => rowCount !== 0,
    );
    await database.query('notify tenantry_outbox');
    await server.mailbox.waitFor(email);
    const sent = async (): Promise<{ status: string } | undefined> =>
      (await database.query<{ status: string }>(`select status, attempts, content from mail_messages where recipient = $1`, [email])).rows[0];
    expect(await eventually(sent, (mail) => mail?.status === 'sent')).toEqual({ status: 'sent', attempts: 2, content: null });
  });
});
