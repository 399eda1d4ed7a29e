import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../support/http.js';
import type { Person } from '../support/world.js';

interface Event {
  readonly id: string;
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly timestamp: string;
  readonly organizationId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

let server: TestServer;
let a: Person;
let b: Person;
beforeAll(async () => {
  // Its catalog does not sell webhooks: every organization has them.
  server = await startTestServer({ CATALOG: 'quizmarker' });
  [a, b] = await server.world.twoTenants();
});
afterAll(() => server.close());

async function eventsOf({ api }: Person, after = 0): Promise<readonly Event[]> {
  const { status, body } = await api.get(`/events?after=${after}&limit=100`);
  expect(status).toBe(200);
  return body.data as Event[];
}

/** Returns the events that a change causes. */
async function causedBy(person: Person, change: () => Promise<unknown>): Promise<readonly Event[]> {
  const before = (await eventsOf(person)).at(-1)?.sequence ?? 0;
  await change();
  return eventsOf(person, before);
}

describe('the log of events', () => {
  it('a change is listed as an event as soon as it is committed, with the resource as the API shows it', async () => {
    let id = '';
    const events = await causedBy(a, async () => {
      const { body } = await a.api.post(`${a.home}/teams`, { name: 'Design', description: 'New' });
      id = body.id;
    });
    expect(events).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        sequence: expect.any(Number),
        type: 'team.created',
        version: 1,
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        organizationId: a.organizationId,
        data: expect.objectContaining({ id, name: 'Design', description: 'New' }),
      },
    ]);
  });

  it('members are added, get another role and are removed', async () => {
    let member: Person | undefined;
    const added = await causedBy(a, async () => (member = await server.world.invited(a)));
    const { userId = '', email } = member ?? {};
    expect(added.map(({ type }) => type)).toEqual(
      ['invitation.created', 'invitation.accepted', 'member.added'].sort((x, y) => added.findIndex(({ type }) => type === x) - added.findIndex(({ type }) => type === y)),
    );
    expect(added.find(({ type }) => type === 'member.added')?.data).toMatchObject({ userId, email, role: 'member' });
    const [changed] = await causedBy(a, () => a.api.patch(`${a.home}/members/${userId}`, { role: 'admin' }));
    expect(changed).toMatchObject({ type: 'member.role_changed', data: { userId, role: 'admin', previousRole: 'member' } });
    const [removed] = await causedBy(a, () => a.api.delete(`${a.home}/members/${userId}`));
    expect(removed).toMatchObject({ type: 'member.removed', data: { userId, email, role: 'admin' } });
  });

  it('events of API keys show no secret', async () => {
    const secrets: string[] = [];
    const events = await causedBy(a, async () => {
      const { body } = await a.api.post(`${a.home}/api-keys`, { name: 'Import', permissions: ['members:read'] });
      const rotated = await a.api.post(`${a.home}/api-keys/${body.id}/rotate`);
      secrets.push(body.key, rotated.body.key);
      await a.api.delete(`${a.home}/api-keys/${body.id}`);
    });
    expect(events.map(({ type }) => type)).toContain('api_key.revoked');
    expect(secrets).toEqual([expect.stringMatching(/^tk_/), expect.stringMatching(/^tk_/)]);
    for (const secret of secrets) expect(JSON.stringify(events)).not.toContain(secret);
    expect(JSON.stringify(events)).not.toMatch(/hash|redacted/i);
  });

  it('the profile and the settings of an organization have events', async () => {
    expect(await causedBy(a, () => a.api.patch(a.home, { description: 'A school' }))).toMatchObject([{ type: 'organization.updated', data: { id: a.organizationId } }]);
    expect(await causedBy(a, () => a.api.patch('/tenant/settings', { email_notifications: false }))).toMatchObject([{ type: 'settings.updated', data: { section: 'settings' } }]);
  });

  it('events have numbers without gaps, in the order of the changes of each resource, under parallel changes', async () => {
    const before = (await eventsOf(a)).at(-1)?.sequence ?? 0;
    await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        const { body } = await a.api.post(`${a.home}/teams`, { name: `Parallel ${n}` });
        await Promise.all([eventsOf(a, before), a.api.patch(`${a.home}/teams/${body.id}`, { name: `Changed ${n}` })]);
        await a.api.delete(`${a.home}/teams/${body.id}`);
      }),
    );
    const events = await eventsOf(a, before);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, n) => before + n + 1));
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const deleted = events.filter(({ type }) => type === 'team.deleted').map(({ data }) => data['id']);
    expect(new Set(deleted).size).toBe(8);
    for (const id of deleted) {
      const types = events.filter(({ data }) => data['id'] === id).map(({ type }) => type);
      expect(types).toEqual(['team.created', 'team.updated', 'team.deleted'].filter((type) => types.includes(type)));
    }
  });

  it('an organization sees none of the events of another one', async () => {
    await eventsOf(b);
    const { body } = await a.api.post(`${a.home}/teams`, { name: 'Secret' });
    const events = await eventsOf(b);
    expect(events.every(({ organizationId }) => organizationId === b.organizationId)).toBe(true);
    expect(JSON.stringify(events)).not.toContain(body.id);
    expect((await a.api.with({ 'x-tenant-id': b.organizationId }).get('/events')).status).toBeGreaterThanOrEqual(400);
  });

  it('a member without the permission reads no events', async () => {
    const member = await server.world.member(a);
    expect(await member.api.get('/events')).toMatchObject({ status: 403, body: { code: 'access_denied' } });
  });

  it('a page ends at its limit and names the next one', async () => {
    for (let n = 0; n < 3; n += 1) await a.api.post(`${a.home}/teams`, { name: `Page ${n}` });
    const last = (await eventsOf(a)).at(-1)?.sequence ?? 0;
    const { body } = await a.api.get(`/events?after=${last - 3}&limit=2`);
    expect(body).toMatchObject({ data: [{ sequence: last - 2 }, { sequence: last - 1 }], nextCursor: String(last - 1) });
    expect((await a.api.get(`/events?after=${last - 1}&limit=2`)).body).toMatchObject({ data: [{ sequence: last }], nextCursor: null });
  });
});
