import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Client } from '../../support/client.js';
import { TestDns } from '../../support/dns.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

// The day of two publishers on the knowton preset, each with its own face.

const host = 'learn.publisher-a.example';
const office = '203.0.113.10';
const elsewhere = '198.51.100.7';

let dns: TestDns;
let server: TestServer;
let a: Person;
let b: Person;
let member: Person;

beforeAll(async () => {
  dns = await TestDns.open();
  server = await startTestServer({ CATALOG: 'knowton', RATE_LIMITS_ENABLED: 'true', TRUSTED_PROXIES: '1', APP_DOMAIN: 'knowton.test', DNS_SERVERS: dns.address });
  [a, b] = [await server.world.owner({ organization: 'Publisher A' }), await server.world.owner({ organization: 'Publisher B' })];
  member = await server.world.member(a, 'member');
});
afterAll(async () => {
  await server.close();
  await dns.close();
});

/** The person with a token that names no organization, so that the request must. */
async function untied({ api }: Person): Promise<Client> {
  return server.api.as((await api.post('/auth/switch-organization', { organizationId: null })).body.accessToken);
}

const by = (api: Client, forwardedHost: string): Client => api.with({ 'x-forwarded-host': forwardedHost });
const from = (api: Client, address: string): Client => api.with({ 'x-forwarded-for': address });

describe('the tenant of a request is found', () => {
  it('the slug header, the subdomain and a verified custom domain each select the tenant', async () => {
    const api = await untied(await server.world.member(a, 'member'));
    const ids = async (client: Client): Promise<unknown> => {
      const { status, body } = await client.get('/organizations/current');
      return status === 200 ? body.id : body.code;
    };
    expect(await ids(api.with({ 'x-tenant-slug': a.slug }))).toBe(a.organizationId);
    expect(await ids(by(api, `${a.slug}.knowton.test`))).toBe(a.organizationId);
    expect(await ids(by(api, host))).toBe('tenant_required');

    const { body: domain } = await a.api.post('/tenant/domains', { kind: 'host', domain: 'Learn.Publisher-A.example.' });
    expect(domain).toMatchObject({ domain: host, verifiedAt: null, dnsRecord: { type: 'TXT', name: `_tenantry.${host}` } });
    expect(await a.api.post(`/tenant/domains/${domain.id}/verify`)).toMatchObject({ status: 422, body: { code: 'domain_not_proved' } });
    dns.set(domain.dnsRecord.name, 'something else', domain.dnsRecord.value);
    expect(await a.api.post(`/tenant/domains/${domain.id}/verify`)).toMatchObject({ status: 200, body: { grade: 'ownership' } });
    expect(await ids(by(api, host))).toBe(a.organizationId);
    expect(await ids(by(api, host.toUpperCase()))).toBe(a.organizationId);
  });

  it('a non-member gets 404, and two different tenants in one request get 400', async () => {
    const stranger = await untied(await server.world.owner());
    for (const client of [stranger.with({ 'x-tenant-slug': a.slug }), by(stranger, `${a.slug}.knowton.test`), by(stranger, host)]) {
      expect(await client.get('/organizations/current')).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
    }
    expect(await by(b.api, host).get('/organizations/current')).toMatchObject({ status: 400, body: { code: 'tenant_mismatch' } });
    expect(await by(a.api, `${b.slug}.knowton.test`).get('/organizations/current')).toMatchObject({ status: 400, body: { code: 'tenant_mismatch' } });
  });
});

describe('the face of a tenant', () => {
  it('a tenant sets its logo, color, name and CSS, and unsafe CSS is removed and listed', async () => {
    const { status, body } = await a.api.patch('/tenant/branding', {
      displayName: 'Knowledge by A',
      logoUrl: 'https://cdn.publisher-a.example/logo.svg',
      primaryColor: '#102030',
      customCss: '@import "https://evil.example/x.css"; .card { color: #333; background: url(https://evil.example/beacon) } .title { font-weight: bold }',
    });
    expect(status).toBe(200);
    expect(body.customCss).toContain('.title{font-weight:bold}');
    expect(body.customCss).not.toMatch(/evil|url|import/);
    expect(body.removedCss).toEqual(expect.arrayContaining(['@import', 'background: url()']));
  });

  it('each host of a tenant shows its branding before sign-in, and no other branding', async () => {
    for (const client of [by(server.api, host), by(server.api, `${a.slug}.knowton.test`), server.api.with({ 'x-tenant-slug': a.slug })]) {
      const { status, body } = await client.get('/tenant/info');
      expect(status).toBe(200);
      expect(body).toMatchObject({ slug: a.slug, name: 'Knowledge by A', branding: { primaryColor: '#102030' } });
    }
    expect((await by(server.api, `${b.slug}.knowton.test`).get('/tenant/info')).body).toMatchObject({ name: 'Publisher B', branding: { primaryColor: null } });
    expect((await by(server.api, 'nobody.example').get('/tenant/info')).status).toBe(404);
  });
});

describe('API keys', () => {
  it('an API key with read:content can only read content', async () => {
    const { status, body } = await a.api.post(`${a.home}/api-keys`, { name: 'Reader', permissions: ['read:content', 'teams:read'] });
    expect(status).toBe(201);
    const key = server.api.with({ 'x-api-key': body.key });
    const check = async (permission: string): Promise<boolean> => (await key.post('/access/check', { permission })).body.allowed;
    expect([await check('read:content'), await check('write:content'), await check('manage:payouts')]).toEqual([true, false, false]);
    expect((await key.get(`${a.home}/teams`)).status).toBe(200);
    expect(await key.post(`${a.home}/teams`, { name: 'No' })).toMatchObject({ status: 403, body: { code: 'access_denied' } });
    expect((await key.get(`${a.home}/api-keys`)).status).toBe(403);
    expect((await key.get('/auth/me')).status).toBe(403);
  });

  it('an API key selects its tenant, and a request that names another one is refused', async () => {
    const { body } = await a.api.post(`${a.home}/api-keys`, { name: 'Tied', permissions: ['organization:read'] });
    const key = server.api.as(body.key);
    expect((await key.get('/organizations/current')).body.id).toBe(a.organizationId);
    expect((await by(key, host).get('/organizations/current')).body.id).toBe(a.organizationId);
    expect((await key.with({ 'x-tenant-id': b.organizationId }).get('/organizations/current')).status).toBe(400);
    expect((await key.get(b.home)).status).toBe(400);
    expect((await by(key, `${b.slug}.knowton.test`).get('/organizations/current')).status).toBe(400);
  });

  it('an API key cannot exceed its creator: members create none, and admins none with permissions that they lack', async () => {
    const admin = await server.world.member(a, 'admin');
    expect((await member.api.post(`${a.home}/api-keys`, { name: 'No', permissions: ['read:content'] })).status).toBe(403);
    expect(await admin.api.post(`${a.home}/api-keys`, { name: 'No', permissions: ['manage:payouts'] })).toMatchObject({
      status: 403,
      body: { code: 'role_too_high', beyond: ['manage:payouts'] },
    });
    expect(await admin.api.post(`${a.home}/api-keys`, { name: 'No', permissions: ['members:write'] })).toMatchObject({ status: 422, body: { code: 'permission_not_for_keys' } });
  });
});

describe('the allow-list of addresses', () => {
  it('an IP allow-list can be previewed, admits only its addresses, and is refused if it excludes the caller', async () => {
    const inOffice = from(a.api, office);
    expect(await inOffice.patch('/tenant/security', { ipAllowList: ['192.0.2.0/24'] })).toMatchObject({ status: 409, body: { code: 'policy_refuses_you' } });
    const preview = await inOffice.post('/tenant/security/preview', { ipAllowList: ['203.0.113.0/24', '2001:db8::/32'] });
    expect(preview.body.refused).toBe(false);

    expect((await inOffice.patch('/tenant/security', { ipAllowList: ['203.0.113.0/24', '2001:db8::/32'] })).status).toBe(200);
    expect((await inOffice.get(a.home)).status).toBe(200);
    expect((await from(member.api, '2001:db8::17').get(a.home)).status).toBe(200);
    expect(await from(member.api, elsewhere).get(a.home)).toMatchObject({ status: 403, body: { code: 'address_not_allowed' } });
    // The proxy appends the address that it sees; entries to the left of it are chosen by the caller.
    expect((await from(member.api, `${office}, ${elsewhere}`).get(a.home)).status).toBe(403);
    expect((await from(b.api, elsewhere).get(b.home)).status).toBe(200);

    expect((await inOffice.patch('/tenant/security', { ipAllowList: [] })).status).toBe(200);
    expect((await from(member.api, elsewhere).get(a.home)).status).toBe(200);
  });
});

describe('what a publisher uses and earns', () => {
  const daysAgo = (days: number): string => new Date(Date.now() - days * 24 * 3600_000).toISOString();

  it('usage is recorded by day: bandwidth up to its limit, and revenue without a limit', async () => {
    const { body: key } = await a.api.post(`${a.home}/api-keys`, { name: 'Meter', permissions: ['usage:write'] });
    const api = server.api.as(key.key);
    const [today, yesterday] = [daysAgo(0), daysAgo(1)];
    const event = (meter: string, quantity: number, occurredAt: string): object => ({ id: randomUUID(), meter, quantity, occurredAt });
    const sales = [event('revenue', 1_250_000, yesterday), event('revenue', 750_000, today), event('bandwidth_gb', 30, yesterday), event('bandwidth_gb', 12, today)];
    expect((await api.post('/usage/events', { events: sales })).body).toEqual({ accepted: 4, repeated: 0, conflicts: [], refused: [] });
    expect((await api.post('/usage/events', { events: sales })).body).toEqual({ accepted: 0, repeated: 4, conflicts: [], refused: [] });

    const { body } = await a.api.get(`${a.home}/usage?from=${yesterday}&to=${today}&groupBy=day&meter=bandwidth_gb,revenue`);
    expect(body.groups.map(({ day, meters }: { day: string; meters: object }) => [day, meters])).toEqual([
      [yesterday.slice(0, 10), { bandwidth_gb: 30, revenue: 1_250_000 }],
      [today.slice(0, 10), { bandwidth_gb: 12, revenue: 750_000 }],
    ]);
    expect(body.meters).toMatchObject([
      { meter: 'bandwidth_gb', used: 42, period: { limit: 100 } },
      { meter: 'revenue', used: 2_000_000, period: { limit: null } },
    ]);
    const csv = (await a.api.get(`${a.home}/usage/export?what=days&format=csv&from=${yesterday}&to=${today}`)).text;
    expect(csv).toContain(`${today.slice(0, 10)},revenue,key:${key.id},750000,1`);
  });

  it('other organizations cannot see the usage', async () => {
    const { body } = await b.api.get(`${b.home}/usage?groupBy=day&from=${daysAgo(1)}&to=${daysAgo(0)}&meter=bandwidth_gb,revenue`);
    expect(body.meters).toMatchObject([{ used: 0 }, { used: 0 }]);
    expect((await b.api.get(`${a.home}/usage`)).status).not.toBe(200);
    expect((await member.api.get(`${a.home}/usage`)).status).toBe(403);
  });
});
