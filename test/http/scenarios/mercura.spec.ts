import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { presetOnPlan } from '../../support/preset.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import { goodPassword, type Person } from '../../support/world.js';

// The day of a sales team on the mercura preset.

const ladder = ['viewer', 'sales_rep', 'manager', 'admin', 'owner'] as const;
type Step = (typeof ladder)[number];

let server: TestServer;
let people: Record<Step, Person>;

beforeAll(async () => {
  server = await startTestServer({ CATALOG: presetOnPlan('mercura', 'business'), RATE_LIMITS_ENABLED: 'true' });
  const owner = await server.world.owner({ organization: 'Quotes & Sons', verified: true });
  await owner.api.patch(`${owner.home}/subscription`, { seats: 40 });
  const [admin, manager, rep, viewer] = [
    await server.world.member(owner, 'admin'),
    await server.world.member(owner, 'manager'),
    await server.world.member(owner, 'sales_rep'),
    await server.world.member(owner, 'viewer'),
  ];
  people = { owner, admin, manager, sales_rep: rep, viewer };
});
afterAll(() => server.close());

describe('a company signs up and invites a sales representative', () => {
  it('an invited sales representative accepts with a new account and can work immediately', async () => {
    const { owner } = people;
    const email = server.world.email('rep');
    expect((await owner.api.post(`${owner.home}/invitations`, { email, role: 'sales_rep', message: 'Welcome aboard' })).status).toBe(201);
    const { token } = await server.mailbox.waitFor(email, 'invited you');
    expect((await server.api.post('/invitations/preview', { token })).body).toMatchObject({
      organization: { name: 'Quotes & Sons' },
      role: 'sales_rep',
      roleName: 'Sales representative',
      message: 'Welcome aboard',
    });
    const accepted = await server.api.post('/invitations/accept', { token, name: 'Rae Rep', password: goodPassword });
    expect(accepted).toMatchObject({ status: 201, body: { role: 'sales_rep' } });
    const rep = server.api.as(accepted.body.accessToken);
    expect((await rep.post('/access/check', { permission: 'quotes:write' })).body).toEqual({ allowed: true });
    expect((await rep.get('/auth/me')).body).toMatchObject({ role: 'sales_rep', memberships: [{ role: 'sales_rep' }] });
  });

  it('a trial with five seats admits at most five people, also concurrently', async () => {
    const trial = await startTestServer({ CATALOG: 'mercura' });
    try {
      const boss = await trial.world.owner();
      for (const role of ['admin', 'manager', 'viewer']) await trial.world.member(boss, role);
      expect((await boss.api.get('/tenant/limits')).body).toMatchObject({ plan: 'trial', data: [{ meter: 'seats', kind: 'gauge', limit: 5, used: 4, remaining: 1 }] });
      const invite = () => boss.api.post(`${boss.home}/invitations`, { email: trial.world.email(), role: 'sales_rep', delivery: 'link' });
      const invited = await Promise.all(Array.from({ length: 6 }, invite));
      expect(invited.map(({ status }) => status).sort()).toEqual([201, 402, 402, 402, 402, 402]);
      expect(invited.find(({ status }) => status === 402)?.body).toMatchObject({ code: 'no_seat_left', seats: 5 });
      const token = new URL(invited.find(({ status }) => status === 201)?.body.data[0].link).searchParams.get('token');
      expect((await trial.api.post('/invitations/accept', { token, name: 'Rae Rep', password: goodPassword })).status).toBe(201);
      expect((await boss.api.get('/tenant/limits')).body.data[0]).toMatchObject({ used: 5, remaining: 0 });
    } finally {
      await trial.close();
    }
  });
});

describe('the ladder of five roles', () => {
  it('each of the five roles has the permissions of the role below it, and more', async () => {
    const { body } = await people.viewer.api.get(`${people.owner.home}/roles`);
    const roles = body.data as { key: Step; rank: number; permissions: string[] }[];
    expect(roles.map(({ key }) => key)).toEqual([...ladder].reverse());
    for (const [index, higher] of roles.slice(0, -1).entries()) {
      const lower = roles[index + 1];
      expect(higher.rank).toBeGreaterThan(lower?.rank ?? Infinity);
      expect(higher.permissions).toEqual(expect.arrayContaining(lower?.permissions ?? []));
      expect(higher.permissions.length).toBeGreaterThan(lower?.permissions.length ?? Infinity);
    }
  });

  it.each([
    ['quotes:read', 'viewer'],
    ['quotes:write', 'sales_rep'],
    ['quotes:approve', 'manager'],
    ['pricing:write', 'admin'],
    ['organization:delete', 'owner'],
  ] as const)('%s begins at %s', async (permission, first) => {
    for (const role of ladder) {
      const { allowed } = (await people[role].api.post('/access/check', { permission })).body;
      expect({ role, allowed }).toEqual({ role, allowed: ladder.indexOf(role) >= ladder.indexOf(first) });
    }
  });

  it('managers and higher roles can invite members up to their own role', async () => {
    for (const inviter of ladder) {
      for (const role of ladder) {
        const { status } = await people[inviter].api.post(`${people.owner.home}/invitations`, { email: server.world.email(), role });
        const mayInvite = ladder.indexOf(inviter) >= ladder.indexOf('manager');
        expect({ inviter, role, status }).toEqual({ inviter, role, status: mayInvite && ladder.indexOf(role) <= ladder.indexOf(inviter) ? 201 : 403 });
      }
    }
  });

  it('each promotion takes effect on the next request', async () => {
    const { owner } = people;
    const climber = await server.world.member(owner, 'viewer');
    const may = async (permission: string): Promise<boolean> => (await climber.api.post('/access/check', { permission })).body.allowed;
    expect((await climber.api.post(`${owner.home}/teams`, { name: 'Not yet' })).status).toBe(403);
    for (const [role, permission] of [
      ['sales_rep', 'quotes:write'],
      ['manager', 'quotes:approve'],
      ['admin', 'pricing:write'],
      ['owner', 'organization:delete'],
    ] as const) {
      expect(await may(permission)).toBe(false);
      expect((await owner.api.patch(`${owner.home}/members/${climber.userId}`, { role })).status).toBe(200);
      expect(await may(permission)).toBe(true);
    }
    expect((await owner.api.patch(`${owner.home}/members/${climber.userId}`, { role: 'viewer' })).status).toBe(200);
    expect(await may('quotes:write')).toBe(false);
  });
});
