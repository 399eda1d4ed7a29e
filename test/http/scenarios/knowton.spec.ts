import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Call, TenantryClient } from '@tenantry/sdk';
import { randomUUID } from 'node:crypto';
import { TestDns } from '../../support/dns.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import { outcomeOf, sdkFor, sdkOf, sessionOf } from '../../support/sdk.js';
import type { Person } from '../../support/world.js';

// The day of two publishers on the knowton preset, each with its own face, with the SDK.

const host = 'learn.publisher-a.example';
const office = '203.0.113.10';
const elsewhere = '198.51.100.7';

type Headers = Readonly<Record<string, string>>;

let dns: TestDns;
let server: TestServer;
let a: Person;
let b: Person;
let member: Person;
let ownerOfA: TenantryClient<true>;

beforeAll(async () => {
  dns = await TestDns.open();
  server = await startTestServer({ CATALOG: 'knowton', RATE_LIMITS_ENABLED: 'true', TRUSTED_PROXIES: '1', APP_DOMAIN: 'knowton.test', DNS_SERVERS: dns.address });
  [a, b] = [await server.world.owner({ organization: 'Publisher A' }), await server.world.owner({ organization: 'Publisher B' })];
  member = await server.world.member(a, 'member');
  ownerOfA = sdkOf(a);
});
afterAll(async () => {
  await server.close();
  await dns.close();
});

/** Returns what makes clients of a person with a token that names no organization, so that the request must. */
async function untied(person: Person): Promise<(headers?: Headers) => TenantryClient> {
  const session = sessionOf(person);
  await session.switchOrganization({ body: { organizationId: null } });
  const tokens = await session.tokens();
  return (headers) => sessionOf({ ...person, accessToken: tokens?.accessToken ?? '' }, headers);
}

/** The header fields of the proxy for a host, and for a caller. */
const by = (forwardedHost: string): Headers => ({ 'x-forwarded-host': forwardedHost });
const from = (address: string): Headers => ({ 'x-forwarded-for': address });
const bySlug = ({ slug }: Person): Headers => ({ 'x-tenant-slug': slug });
const bySubdomain = ({ slug }: Person): Headers => by(`${slug}.knowton.test`);

describe('the tenant of a request is found', () => {
  it('the slug header, the subdomain and a verified custom domain each select the tenant', async () => {
    const client = await untied(await server.world.member(a, 'member'));
    const found = async (headers: Headers): Promise<string> => (await client(headers).getCurrentOrganization()).id;
    expect([await found(bySlug(a)), await found(bySubdomain(a))]).toEqual([a.organizationId, a.organizationId]);
    expect(await outcomeOf(found(by(host)))).toBe('400 tenant_required');

    const domain = await ownerOfA.createDomain({ body: { kind: 'host', domain: 'Learn.Publisher-A.example.' } });
    expect(domain).toMatchObject({ domain: host, verifiedAt: null, dnsRecord: { type: 'TXT', name: `_tenantry.${host}` } });
    const path = { domainId: domain.id };
    expect(await outcomeOf(ownerOfA.verifyDomain({ path }))).toBe('422 domain_not_proved');
    dns.set(domain.dnsRecord?.name ?? '', 'something else', domain.dnsRecord?.value ?? '');
    expect(await ownerOfA.verifyDomain({ path })).toMatchObject({ grade: 'ownership' });
    expect([await found(by(host)), await found(by(host.toUpperCase()))]).toEqual([a.organizationId, a.organizationId]);
  });

  it('a non-member gets 404, and two different tenants in one request get 400', async () => {
    const stranger = await untied(await server.world.owner());
    for (const headers of [bySlug(a), bySubdomain(a), by(host)]) expect(await outcomeOf(stranger(headers).getCurrentOrganization())).toBe('404 organization_not_found');
    expect(await outcomeOf(sessionOf(b, by(host)).getCurrentOrganization())).toBe('400 tenant_mismatch');
    expect(await outcomeOf(sessionOf(a, bySubdomain(b)).getCurrentOrganization())).toBe('400 tenant_mismatch');
  });
});

describe('the face of a tenant', () => {
  it('a tenant sets its logo, color, name and CSS, and unsafe CSS is removed and listed', async () => {
    const branding = await ownerOfA.updateBranding({
      body: {
        displayName: 'Knowledge by A',
        logoUrl: 'https://cdn.publisher-a.example/logo.svg',
        primaryColor: '#102030',
        customCss: '@import "https://evil.example/x.css"; .card { color: #333; background: url(https://evil.example/beacon) } .title { font-weight: bold }',
      },
    });
    expect(branding.customCss).toContain('.title{font-weight:bold}');
    expect(branding.customCss).not.toMatch(/evil|url|import/);
    expect(branding.removedCss).toEqual(expect.arrayContaining(['@import', 'background: url()']));
  });

  it('each host of a tenant shows its branding before sign-in, and no other branding', async () => {
    const shown = (headers: Headers): ReturnType<TenantryClient['getTenantInfo']> => sdkFor(server.url, {}, headers).getTenantInfo();
    for (const headers of [by(host), bySubdomain(a), bySlug(a)])
      expect(await shown(headers)).toMatchObject({ slug: a.slug, name: 'Knowledge by A', branding: { primaryColor: '#102030' } });
    expect(await shown(bySubdomain(b))).toMatchObject({ name: 'Publisher B', branding: { primaryColor: null } });
    expect(await outcomeOf(shown(by('nobody.example')))).toBe('404 organization_not_found');
  });
});

describe('API keys', () => {
  /** Makes an API key of publisher A. Returns what makes clients with it. */
  async function keyOfA(permissions: string[]): Promise<{ id: string; client: (headers?: Headers) => TenantryClient }> {
    const { id, key } = await ownerOfA.createApiKey({ body: { name: 'Key', permissions } });
    return { id, client: (headers) => sdkFor(server.url, { apiKey: key }, headers) };
  }

  it('an API key with read:content can only read content', async () => {
    const { client } = await keyOfA(['read:content', 'teams:read']);
    const key = client().forOrganization(a.organizationId);
    const check = async (permission: string): Promise<boolean> => (await key.checkAccess({ body: { permission } })).allowed;
    expect([await check('read:content'), await check('write:content'), await check('manage:payouts')]).toEqual([true, false, false]);
    expect((await key.listTeams()).data).toEqual([]);
    expect(await outcomeOf(key.createTeam({ body: { name: 'No' } }))).toBe('403 access_denied');
    expect(await outcomeOf(key.listApiKeys())).toBe('403 access_denied');
    expect(await outcomeOf(key.getMe())).toBe('403 user_required');
  });

  it('an API key selects its tenant, and a request that names another one is refused', async () => {
    const { client } = await keyOfA(['organization:read']);
    for (const headers of [{}, by(host)]) expect((await client(headers).getCurrentOrganization()).id).toBe(a.organizationId);
    const ofB = { path: { organizationId: b.organizationId } };
    expect(await outcomeOf(client().forOrganization(b.organizationId).getCurrentOrganization())).toBe('400 tenant_mismatch');
    expect(await outcomeOf(client().getOrganization(ofB))).toBe('400 tenant_mismatch');
    expect(await outcomeOf(client(bySubdomain(b)).getCurrentOrganization())).toBe('400 tenant_mismatch');
  });

  it('an API key cannot exceed its creator: members create none, and admins none with permissions that they lack', async () => {
    const admin = sdkOf(await server.world.member(a, 'admin'));
    const made = (client: TenantryClient<true>, permission: string): Promise<unknown> => client.createApiKey({ body: { name: 'No', permissions: [permission] } });
    expect(await outcomeOf(made(sdkOf(member), 'read:content'))).toBe('403 access_denied');
    await expect(made(admin, 'manage:payouts')).rejects.toMatchObject({ status: 403, code: 'role_too_high', problem: { beyond: ['manage:payouts'] } });
    expect(await outcomeOf(made(admin, 'members:write'))).toBe('422 permission_not_for_keys');
  });
});

describe('the allow-list of addresses', () => {
  it('an IP allow-list can be previewed, admits only its addresses, and is refused if it excludes the caller', async () => {
    const inOffice = sdkOf(a, from(office));
    const reads = (person: Person, address: string): Promise<string> => outcomeOf(sdkOf(person, from(address)).getOrganization());
    const listed = { ipAllowList: ['203.0.113.0/24', '2001:db8::/32'] };
    expect(await outcomeOf(inOffice.updateSecurity({ body: { ipAllowList: ['192.0.2.0/24'] } }))).toBe('409 policy_refuses_you');
    expect((await inOffice.previewSecurity({ body: listed })).refused).toBe(false);

    expect(await inOffice.updateSecurity({ body: listed })).toMatchObject(listed);
    expect(await outcomeOf(inOffice.getOrganization())).toBe('done');
    expect(await reads(member, '2001:db8::17')).toBe('done');
    expect(await reads(member, elsewhere)).toBe('403 address_not_allowed');
    // The proxy appends the address that it sees; entries to the left of it are chosen by the caller.
    expect(await reads(member, `${office}, ${elsewhere}`)).toBe('403 address_not_allowed');
    expect(await reads(b, elsewhere)).toBe('done');

    await inOffice.updateSecurity({ body: { ipAllowList: [] } });
    expect(await reads(member, elsewhere)).toBe('done');
  });
});

describe('what a publisher uses and earns', () => {
  const daysAgo = (days: number): string => new Date(Date.now() - days * 24 * 3600_000).toISOString();
  const meter = ['bandwidth_gb', 'revenue'];

  it('usage is recorded by day: bandwidth up to its limit, and revenue without a limit', async () => {
    const { id, key } = await ownerOfA.createApiKey({ body: { name: 'Meter', permissions: ['usage:write'] } });
    const backend = sdkFor(server.url, { apiKey: key });
    const [today, yesterday] = [daysAgo(0), daysAgo(1)];
    type Event = Call<'reportUsage'>['body']['events'][number];
    const event = (of: string, quantity: number, occurredAt: string): Event => ({ id: randomUUID(), meter: of, quantity, occurredAt });
    const events = [event('revenue', 1_250_000, yesterday), event('revenue', 750_000, today), event('bandwidth_gb', 30, yesterday), event('bandwidth_gb', 12, today)];
    expect(await backend.reportUsage({ body: { events } })).toEqual({ accepted: 4, repeated: 0, conflicts: [], refused: [] });
    expect(await backend.reportUsage({ body: { events } })).toEqual({ accepted: 0, repeated: 4, conflicts: [], refused: [] });

    const range = { from: yesterday, to: today };
    const { groups, meters } = await ownerOfA.getUsage({ query: { ...range, groupBy: 'day', meter } });
    expect(groups?.map((group) => [group.day, group.meters])).toEqual([
      [yesterday.slice(0, 10), { bandwidth_gb: 30, revenue: 1_250_000 }],
      [today.slice(0, 10), { bandwidth_gb: 12, revenue: 750_000 }],
    ]);
    expect(meters).toMatchObject([
      { meter: 'bandwidth_gb', used: 42, period: { limit: 100 } },
      { meter: 'revenue', used: 2_000_000, period: { limit: null } },
    ]);
    const csv = await (await ownerOfA.exportUsage({ query: { ...range, what: 'days', format: 'csv' } })).text();
    expect(csv).toContain(`${today.slice(0, 10)},revenue,key:${id},750000,1`);
  });

  it('other organizations cannot see the usage', async () => {
    const stranger = sessionOf(b);
    const { meters } = await stranger.forOrganization(b.organizationId).getUsage({ query: { from: daysAgo(1), to: daysAgo(0), groupBy: 'day', meter } });
    expect(meters).toMatchObject([{ used: 0 }, { used: 0 }]);
    expect(await outcomeOf(stranger.forOrganization(a.organizationId).getUsage())).toBe('404 organization_not_found');
    expect(await outcomeOf(sdkOf(member).getUsage())).toBe('403 access_denied');
  });
});
