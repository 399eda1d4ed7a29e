import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { itInBothRuns, rounds } from '../support/rounds.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

/** An organization with somebody of each role. */
async function company(): Promise<{ owner: Person; admin: Person; member: Person; home: string }> {
  const owner = await server.world.owner();
  const [admin, member] = [await server.world.member(owner, 'admin'), await server.world.member(owner, 'member')];
  return { owner, admin, member, home: owner.home };
}

describe('members', () => {
  it('members can be listed, searched and filtered by role', async () => {
    const { owner, admin, member, home } = await company();
    const { body } = await member.api.get(`${home}/members?count=true`);
    expect(body.total).toBe(3);
    expect(body.data.map(({ userId }: Person) => userId)).toEqual([owner.userId, admin.userId, member.userId]);
    expect(Object.keys(body.data[0]).sort()).toEqual(['createdAt', 'customRoles', 'email', 'name', 'role', 'status', 'teams', 'updatedAt', 'userId', 'userName']);
    expect((await owner.api.get(`${home}/members?role=admin`)).body.data).toEqual([expect.objectContaining({ userId: admin.userId })]);
    expect((await owner.api.get(`${home}/members?search=${member.email.slice(0, 12).toUpperCase()}`)).body.data).toEqual([expect.objectContaining({ userId: member.userId })]);
    expect((await owner.api.get(`${home}/members?search=%25`)).body.data).toEqual([]);
  });

  it('adding an address invites its owner, and does not reveal whether it has an account', async () => {
    const owner = await server.world.owner();
    const [verified, unverified] = [await server.world.owner({ verified: true }), await server.world.owner()];
    for (const email of [verified.email, unverified.email, server.world.email()]) {
      const added = await owner.api.post(`${owner.home}/members`, { email, role: 'member' });
      expect(added).toMatchObject({ status: 202, body: { status: 'invited', email, role: 'member', userId: null, invitationId: expect.any(String) } });
      expect([...added.headers.keys()]).not.toContain('location');
      expect((await owner.api.get(`${owner.home}/members?count=true`)).body.total).toBe(1);
      expect((await owner.api.get(`${owner.home}/invitations?status=pending`)).body.data[0]).toMatchObject({ id: added.body.invitationId, email, delivery: 'mail' });
    }
    const { token } = await server.mailbox.waitFor(verified.email, 'invited you');
    expect((await verified.api.post('/invitations/accept', { token })).status).toBe(201);
    expect((await owner.api.get(`${owner.home}/members/${verified.userId}`)).body).toMatchObject({ email: verified.email, role: 'member' });
    expect(await owner.api.post(`${owner.home}/members`, { email: verified.email, role: 'admin' })).toMatchObject({ status: 409, body: { code: 'already_member' } });
  });

  it('a removed member is refused on the next request, and a refresh no longer selects the organization', async () => {
    const { owner, member, home } = await company();
    expect((await member.api.get(`${home}/teams`)).status).toBe(200);
    expect((await owner.api.delete(`${home}/members/${member.userId}`)).status).toBe(204);
    expect(await member.api.get(`${home}/teams`)).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
    expect((await member.api.get('/auth/me')).body).toMatchObject({ activeOrganization: null, role: null, permissions: [] });
    expect((await member.api.get('/organizations')).body.data).toEqual([]);
    const { body } = await server.api.post('/auth/refresh', { refreshToken: member.refreshToken });
    expect((await server.api.as(body.accessToken).get('/auth/me')).body).toMatchObject({ activeOrganization: null, memberships: [] });
  });

  itInBothRuns('removal and role changes are effective with the next request on every replica', async () => {
    const replica = await startTestServer();
    for (let round = 0; round < rounds(5, 20); round += 1) {
      const { owner, admin, member, home } = await company();
      const there = (person: Person) => new Client(replica.url, person.accessToken);
      expect((await there(admin).patch(home, { description: 'x' })).status).toBe(200);
      expect((await there(member).get(home)).status).toBe(200);
      await Promise.all([owner.api.patch(`${home}/members/${admin.userId}`, { role: 'member' }), owner.api.delete(`${home}/members/${member.userId}`)]);
      expect((await there(admin).patch(home, { description: 'x' })).status).toBe(403);
      expect((await there(member).get(home)).status).toBe(404);
    }
    await replica.close();
  });

  it('a member with a lowered role loses the permissions with the next request', async () => {
    const { owner, admin, home } = await company();
    expect((await admin.api.patch(home, { description: 'by the admin' })).status).toBe(200);
    expect((await owner.api.patch(`${home}/members/${admin.userId}`, { role: 'member' })).body.role).toBe('member');
    expect(await admin.api.patch(home, { description: 'again' })).toMatchObject({ status: 403, body: { code: 'access_denied' } });
  });
});

describe('roles', () => {
  it('a member can grant and revoke only roles up to their own', async () => {
    const { owner, admin, member, home } = await company();
    const guest = await server.world.owner({ verified: true });
    const attempts = [
      [await admin.api.patch(`${home}/members/${member.userId}`, { role: 'owner' }), 403, 'role_too_high'],
      [await admin.api.patch(`${home}/members/${owner.userId}`, { role: 'member' }), 403, 'role_too_high'],
      [await admin.api.delete(`${home}/members/${owner.userId}`), 403, 'role_too_high'],
      [await admin.api.patch(`${home}/members/${admin.userId}`, { role: 'owner' }), 403, 'own_role'],
      [await admin.api.patch(`${home}/members/${admin.userId}`, { role: 'member' }), 403, 'own_role'],
      [await admin.api.post(`${home}/members`, { email: guest.email, role: 'owner' }), 403, 'role_too_high'],
      [await admin.api.post(`${home}/invitations`, { email: guest.email, role: 'owner' }), 403, 'role_too_high'],
      [await admin.api.post(`${home}/transfer-ownership`, { userId: admin.userId }), 403, 'access_denied'],
      [await member.api.patch(`${home}/members/${admin.userId}`, { role: 'member' }), 403, 'access_denied'],
      [await member.api.delete(`${home}/members/${admin.userId}`), 403, 'access_denied'],
      [await member.api.post(`${home}/invitations`, { email: guest.email, role: 'member' }), 403, 'access_denied'],
      [await owner.api.patch(`${home}/members/${member.userId}`, { role: 'superuser' }), 422, 'unknown_role'],
      [await owner.api.patch(`${home}/members/${member.userId}`, { role: '*' }), 400, 'validation_failed'],
    ] as const;
    for (const [answer, status, code] of attempts) expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    const roles = (await owner.api.get(`${home}/members`)).body.data.map(({ role }: { role: string }) => role);
    expect(roles).toEqual(['owner', 'admin', 'member']);
  });

  it('the last owner cannot be demoted or removed', async () => {
    const { owner, home } = await company();
    expect(await owner.api.post(`${home}/leave`)).toMatchObject({ status: 409, body: { code: 'last_owner' } });
    expect(await owner.api.patch(`${home}/members/${owner.userId}`, { role: 'admin' })).toMatchObject({ status: 409, body: { code: 'last_owner' } });
    expect(await owner.api.delete(`${home}/members/${owner.userId}`)).toMatchObject({ status: 409, body: { code: 'remove_yourself' } });
  });

  it('a transfer of ownership swaps both roles in one step', async () => {
    const { owner, member, home } = await company();
    const stranger = await server.world.owner();
    expect(await owner.api.post(`${home}/transfer-ownership`, { userId: stranger.userId })).toMatchObject({ status: 422, body: { code: 'not_a_member' } });
    expect((await owner.api.post(`${home}/transfer-ownership`, { userId: member.userId })).status).toBe(204);
    const roles = Object.fromEntries((await owner.api.get(`${home}/members`)).body.data.map((m: { userId: string; role: string }) => [m.userId, m.role]));
    expect(roles).toMatchObject({ [owner.userId]: 'admin', [member.userId]: 'owner' });
  });
});

describe('the owners, and the person concerned, get a mail', () => {
  const subject = 'The owners of';
  const textTo = async ({ email }: Person, count = 1): Promise<string> => (await server.mailbox.waitFor(email, subject, count)).mail.text ?? '';

  it('when somebody becomes an owner, and when an owner is one no longer', async () => {
    const { owner, member, home } = await company();
    const setRole = async (role: string): Promise<void> => {
      expect((await owner.api.patch(`${home}/members/${member.userId}`, { role })).status).toBe(200);
    };
    await setRole('admin');
    await setRole('owner');
    for (const each of [owner, member]) expect(await textTo(each)).toMatch(new RegExp(`<${member.email}> is now an owner of .*by .* <${owner.email}> on`, 's'));
    await setRole('admin');
    for (const each of [owner, member]) expect(await textTo(each, 2)).toMatch(new RegExp(`<${member.email}> is no longer an owner of`));
    await setRole('owner');
    expect((await owner.api.delete(`${home}/members/${member.userId}`)).status).toBe(204);
    for (const each of [owner, member]) expect(await textTo(each, 4)).toContain('is no longer an owner of');
  });

  it('when an owner transfers the ownership, leaves, or invites an owner who accepts', async () => {
    const { owner, member, home } = await company();
    expect((await owner.api.post(`${home}/transfer-ownership`, { userId: member.userId })).status).toBe(204);
    for (const each of [owner, member]) {
      await textTo(each, 2);
      const texts = server.mailbox
        .to(each.email)
        .filter(({ mail }) => (mail.subject ?? '').includes(subject))
        .map(({ mail }) => mail.text ?? '');
      expect(texts.filter((text) => text.includes(`<${member.email}> is now an owner`))).toHaveLength(1);
      expect(texts.filter((text) => text.includes(`<${owner.email}> is no longer an owner`))).toHaveLength(1);
    }
    const guest = await server.world.invited(member, 'owner');
    for (const each of [member, guest]) expect(await textTo(each, each === guest ? 1 : 3)).toContain(`<${guest.email}> is now an owner`);
    expect((await guest.api.post(`${home}/leave`)).status).toBe(204);
    for (const each of [member, guest]) expect(await textTo(each, each === guest ? 2 : 4)).toContain(`<${guest.email}> is no longer an owner`);
  });
});

describe('members of another organization', () => {
  it('members of another organization answer 404 on read, update and delete', async () => {
    const [a, b] = await server.world.twoTenants();
    for (const userId of [b.userId, '0192b8a0-0000-7000-8000-000000000000']) {
      expect((await a.api.get(`${a.home}/members/${userId}`)).status).toBe(404);
      expect((await a.api.patch(`${a.home}/members/${userId}`, { role: 'admin' })).status).toBe(404);
      expect((await a.api.delete(`${a.home}/members/${userId}`)).status).toBe(404);
    }
    expect((await a.api.get(`${a.home}/members?search=${b.email}&count=true`)).body).toMatchObject({ data: [], total: 0 });
    expect((await b.api.get(`${b.home}/members`)).body.data).toEqual([expect.objectContaining({ userId: b.userId, role: 'owner' })]);
  });
});

describe('leaving', () => {
  it('a member leaves by themselves and cannot remove themselves', async () => {
    const { member, home } = await company();
    expect((await member.api.post(`${home}/leave`)).status).toBe(204);
    expect((await member.api.get(home)).status).toBe(404);
    expect((await server.api.post('/auth/login', { email: member.email, password: goodPassword })).status).toBe(200);
  });

  it('a team keeps existing without the member who left', async () => {
    const { owner, member, home } = await company();
    const { body: team } = await owner.api.post(`${home}/teams`, { name: 'Stays' });
    expect((await owner.api.put(`${home}/teams/${team.id}/members/${member.userId}`)).status).toBe(204);
    expect((await member.api.post(`${home}/leave`)).status).toBe(204);
    expect((await owner.api.get(`${home}/teams/${team.id}`)).body).toMatchObject({ name: 'Stays', memberCount: 0 });
  });
});
