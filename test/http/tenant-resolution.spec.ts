import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import http from 'node:http';
import { decodeJwt } from 'jose';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let a: Person;
let b: Person;
beforeAll(async () => {
  server = await startTestServer({ APP_DOMAIN: 'app.tenantry.test', TRUSTED_PROXIES: '1' });
  [a, b] = await server.world.twoTenants();
});
afterAll(() => server.close());

const current = '/organizations/current';

/** A token of the person that names no organization, so that other sources decide. */
async function untied(person: Person): Promise<string> {
  const { body } = await server.api.post('/auth/login', { email: person.email, password: goodPassword });
  return (await server.api.as(body.accessToken).post('/auth/switch-organization', { organizationId: null })).body.accessToken;
}

describe('a tenant is found', () => {
  it('a tenant is found by the claim of the token', async () => {
    expect((await a.api.get(current)).body.id).toBe(a.organizationId);
  });

  it.each([
    ['the path', (p: Person) => [p.home, {}] as const],
    ['X-Tenant-ID', (p: Person) => [current, { 'x-tenant-id': p.organizationId }] as const],
    ['X-Tenant-ID in capitals', (p: Person) => [current, { 'x-tenant-id': p.organizationId.toUpperCase() }] as const],
    ['X-Tenant-Slug', (p: Person) => [current, { 'x-tenant-slug': p.slug }] as const],
    ['the subdomain with a final dot', (p: Person) => [current, { 'x-forwarded-host': `${p.slug}.APP.tenantry.test.` }] as const],
    ['the subdomain', (p: Person) => [current, { 'x-forwarded-host': `${p.slug}.app.tenantry.test` }] as const],
  ])('a tenant is found by %s', async (_, request) => {
    const token = await untied(a);
    expect(decodeJwt(token)['org']).toBeUndefined();
    const [path, headers] = request(a);
    expect(await server.api.as(token).with(headers).get(path)).toMatchObject({ status: 200, body: { id: a.organizationId } });
  });

  it('without any source the answer is tenant_required', async () => {
    expect(await server.api.as(await untied(a)).get(current)).toMatchObject({ status: 400, body: { code: 'tenant_required' } });
  });
});

describe('a tenant that is not the caller’s', () => {
  it('a tenant of others answers like one that does not exist, for every source', async () => {
    const api = server.api.as(await untied(a));
    const random = '0192b8a0-0000-7000-8000-000000000000';
    const strip = ({ body }: { body: Record<string, unknown> }): unknown => ({ ...body, requestId: '', instance: '' });
    const missing = await api.get(`/organizations/${random}`);
    expect(missing).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
    const foreign = [
      await api.get(b.home),
      await api.get(`${b.home}/members`),
      await api.with({ 'x-tenant-id': b.organizationId }).get(current),
      await api.with({ 'x-tenant-slug': b.slug }).get(current),
      await api.with({ 'x-forwarded-host': `${b.slug}.app.tenantry.test` }).get(current),
      await api.with({ 'x-tenant-slug': 'no-such-slug-at-all' }).get(current),
    ];
    for (const answer of foreign) {
      expect(answer.status).toBe(404);
      expect(strip(answer)).toEqual(strip(missing));
    }
  });
});

describe('two sources that name different tenants', () => {
  it.each([
    ['token and X-Tenant-ID', () => [current, { 'x-tenant-id': b.organizationId }] as const],
    ['token and X-Tenant-Slug', () => [current, { 'x-tenant-slug': b.slug }] as const],
    ['token and subdomain', () => [current, { 'x-forwarded-host': `${b.slug}.app.tenantry.test` }] as const],
    ['path and header', () => [a.home, { 'x-tenant-id': b.organizationId }] as const],
    ['path and header of the token’s organization', () => [b.home, { 'x-tenant-id': a.organizationId }] as const],
    ['path and subdomain', () => [a.home, { 'x-forwarded-host': `${b.slug}.app.tenantry.test` }] as const],
  ])('two sources that name different tenants (%s) are refused', async (_, request) => {
    const [path, headers] = request();
    expect(await a.api.with(headers).get(path)).toMatchObject({ status: 400, body: { code: 'tenant_mismatch' } });
  });
});

describe('a tenant header without a valid id', () => {
  it.each(['', 'null', 'undefined', '%00', "' OR 1=1--", '../..', '1', 'x'.repeat(10_000), '00000000-0000-0000-0000-00000000000g'])(
    'an invalid tenant (%s) answers 400',
    async (value) => {
      const { status, body } = await a.api.with({ 'x-tenant-id': value }).get(current);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_tenant' });
    },
  );

  it('a repeated header or a list answers 400', async () => {
    expect((await a.api.with({ 'x-tenant-id': `${a.organizationId},${b.organizationId}` }).get(current)).status).toBe(400);
    const { port } = new URL(server.url);
    const status = await new Promise((resolve, reject) => {
      const request = http.request(
        { port, path: `/api/v1${current}`, headers: { authorization: `Bearer ${a.accessToken}`, 'x-tenant-id': [a.organizationId, b.organizationId] } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      request.on('error', reject).end();
    });
    expect(status).toBe(400);
  });
});

describe('the organization of the token is a default', () => {
  it('the path names another organization of the user', async () => {
    const { body: second } = await a.api.post('/organizations', { name: 'Second of A' });
    expect(await a.api.get(`/organizations/${second.id}`)).toMatchObject({ status: 200, body: { id: second.id } });
    expect((await a.api.post(`/organizations/${second.id}/teams`, { name: 'In the second' })).status).toBe(201);
    expect((await a.api.get(`${a.home}/teams`)).text).not.toContain('In the second');
    // The default has not changed.
    expect((await a.api.get(current)).body.id).toBe(a.organizationId);
    expect((await a.api.with({ 'x-tenant-id': a.organizationId }).get(`/organizations/${second.id}`)).body.code).toBe('tenant_mismatch');
  });

  it('the path names an organization of others', async () => {
    for (const answer of [await a.api.get(b.home), await a.api.post(`${b.home}/teams`, { name: 'No' }), await a.api.delete(b.home)])
      expect(answer).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
  });
});

describe('switching', () => {
  it('switching needs no new login and works only for members', async () => {
    const { body: second } = await a.api.post('/organizations', { name: 'Second of A' });
    const switched = await a.api.post('/auth/switch-organization', { organizationId: second.id });
    expect((await server.api.as(switched.body.accessToken).get(current)).body.id).toBe(second.id);
    expect(await a.api.post('/auth/switch-organization', { organizationId: b.organizationId })).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
  });
});

describe('an id in a body or query', () => {
  it('an id in a body or query does not select the tenant', async () => {
    expect((await a.api.post(`${a.home}/teams`, { name: 'Mine', organizationId: b.organizationId })).status).toBe(400);
    expect((await a.api.get(`${a.home}/teams?organizationId=${b.organizationId}`)).status).toBe(400);
    expect((await b.api.get(`${b.home}/teams`)).body.data).toEqual([]);
  });
});
