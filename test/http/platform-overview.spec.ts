import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Client } from '../support/client.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { goodPassword, type Person } from '../support/world.js';

// What operators read about all tenants, beyond their own records. No other test uses the database: the numbers are of this one alone.
let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
let operator: Client;
let owner: Person;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database);
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  await server.control.createOperator('operator@example.com');
  operator = server.api.as((await server.api.post('/auth/login', { email: 'operator@example.com', password: goodPassword })).body.accessToken);
  owner = await server.world.owner({ organization: 'Acme' });
  await operator.patch(`/tenants/${owner.organizationId}`, { plan: 'enterprise' });
}, 60_000);
afterAll(async () => {
  await look.end();
  await server.close();
  await database.drop();
});

it.each(['/platform/health', '/platform/webhooks', '/platform/webhooks/health', 'members'])('%s is for operators alone', async (path) => {
  const full = path === 'members' ? `/tenants/${owner.organizationId}/members` : path;
  expect((await operator.get(full)).status).toBe(200);
  expect((await owner.api.get(full)).status).toBe(403);
  expect((await server.api.get(full)).status).toBe(401);
});

describe('GET /tenants/:tenantId/members', () => {
  it('lists the members of the tenant that the path names, and no others', async () => {
    const member = await server.world.member(owner);
    const stranger = await server.world.owner();
    const path = `/tenants/${owner.organizationId}/members`;
    const { body } = await operator.get(`${path}?count=true`);
    expect(body.data.map(({ userId, role, status }: Record<string, string>) => [userId, role, status])).toEqual([
      [owner.userId, 'owner', 'active'],
      [member.userId, 'member', 'active'],
    ]);
    expect(body.total).toBe(2);
    expect((await operator.get(`${path}?role=owner`)).body.data).toHaveLength(1);
    expect((await operator.get(`${path}?search=${encodeURIComponent(stranger.email)}`)).body.data).toEqual([]);
  });

  it('answers 404 for a tenant that does not exist', async () => {
    expect((await operator.get(`/tenants/${owner.userId}/members`)).status).toBe(404);
  });
});

describe('GET /platform/webhooks', () => {
  it('shows which webhooks of all tenants fail or are disabled, without their addresses', async () => {
    const { id } = (await owner.api.post(`${owner.home}/webhooks`, { url: 'https://hooks.example.com/secret-path?token=1' })).body;
    const { id: other } = (await owner.api.post(`${owner.home}/webhooks`, { url: 'https://other.example.com/' })).body;
    await look.query(`update webhook_queues set failing_since = now() - interval '1 hour' where id = $1`, [id]);
    await look.query(`update webhooks set enabled = false, disabled_reason = 'failing' where id = $1`, [other]);
    const listed = await operator.get('/platform/webhooks?failing=true');
    expect(listed.body.data).toEqual([
      expect.objectContaining({ id, organizationId: owner.organizationId, organizationName: 'Acme', host: 'hooks.example.com', enabled: true, failingSince: expect.any(String) }),
    ]);
    expect(listed.text).not.toContain('secret-path');
    const idsOf = async (query: string): Promise<string[]> => (await operator.get(`/platform/webhooks?${query}`)).body.data.map((each: { id: string }) => each.id);
    expect(await idsOf('failing=false')).toEqual([other]);
    expect(await idsOf('enabled=false')).toEqual([other]);
    expect(await idsOf(`organizationId=${owner.userId}`)).toEqual([]);
    expect((await operator.get('/platform/webhooks/health')).body).toEqual({ enabled: 1, failing: 1, disabledByServer: 1, pendingDeliveries: 0, oldestDueAt: null });
  });
});

describe('GET /platform/health', () => {
  it('reports what the doctor finds in the live database', async () => {
    const clean = (await operator.get('/platform/health')).body;
    expect(clean).toMatchObject({ version: expect.stringMatching(/^\d/), node: process.versions.node, findings: [] });
    await database.alter('alter table teams no force row level security');
    const broken = (await operator.get('/platform/health')).body;
    await database.alter('alter table teams force row level security');
    expect(broken.findings).toEqual([expect.objectContaining({ object: expect.stringContaining('teams'), fix: expect.any(String) })]);
    expect((await operator.get('/platform/health')).body.findings).toEqual([]);
  });
});
