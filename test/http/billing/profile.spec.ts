import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

let server: TestServer;
let owner: Person;
let admin: Person;
beforeAll(async () => {
  server = await startTestServer();
  owner = await server.world.owner();
  admin = await server.world.member(owner, 'admin');
});
afterAll(() => server.close());

const address = { line1: 'Main Street 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
const path = (): string => `${owner.home}/billing/profile`;

describe('the billing profile', () => {
  it('only members with billing:manage can read and change the billing profile', async () => {
    const none = await owner.api.get(path());
    expect(none).toMatchObject({ status: 200, body: { billingEmail: null, billingAddress: null, taxId: null } });
    const profile = { billingEmail: 'Money@Example.com', billingAddress: address, taxId: 'DE123456789' };
    const changed = await owner.api.patch(path(), profile, { headers: { 'if-match': none.headers.get('etag') ?? '' } });
    expect(changed).toMatchObject({ status: 200, body: { ...profile, billingEmail: 'money@example.com' } });
    expect((await owner.api.patch(path(), { taxId: null }, { headers: { 'if-match': none.headers.get('etag') ?? '' } })).status).toBe(412);
    expect((await owner.api.patch(path(), {})).body).toEqual(changed.body);
    const stranger = await server.world.owner();
    for (const [person, status] of [[admin, 403] as const, [stranger, 404] as const]) {
      expect((await person.api.get(path())).status).toBe(status);
      expect((await person.api.patch(path(), { taxId: 'X' })).status).toBe(status);
    }
  });

  it('the billing profile appears neither in the organization nor in its audit log', async () => {
    const shown = [await owner.api.get(owner.home), await admin.api.get('/organizations'), await admin.api.get(`${owner.home}/audit-logs?limit=100`)];
    expect(shown.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const { text } of shown) for (const secret of ['money@example.com', 'DE123456789', 'Main Street 1']) expect(text).not.toContain(secret);
    expect((await admin.api.patch(owner.home, { taxId: 'DE1' })).status).toBe(400);
  });

  it('an invoice keeps the billing profile of the time when it was created', async () => {
    await owner.api.patch(`${owner.home}/subscription`, { plan: 'pro' });
    await owner.api.patch(path(), { taxId: 'DE987654321', billingAddress: null });
    const billedTo = (await owner.api.get(`${owner.home}/invoices`)).body.data[0].billedTo;
    expect(billedTo).toMatchObject({ email: 'money@example.com', address, taxId: 'DE123456789' });
  });

  it('an address has what its country needs', async () => {
    const errorsOf = async (billingAddress: object): Promise<unknown> => {
      const { status, body } = await owner.api.patch(path(), { billingAddress: { line1: 'Street 1', ...billingAddress } });
      return status === 200 ? [] : [body.code, ...body.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)];
    };
    for (const complete of [
      { country: 'HK', city: 'Central' },
      { country: 'AE', city: 'Dubai' },
      { country: 'XK', city: 'Prishtina', postalCode: '10000' },
    ])
      expect(await errorsOf(complete)).toEqual([]);
    expect(await errorsOf({ country: 'DE', city: 'Berlin' })).toEqual(['validation_failed', '/billingAddress/postalCode postal_code_required']);
    expect(await errorsOf({ country: 'US', postalCode: 'SW1A 1AA' })).toEqual([
      'validation_failed',
      '/billingAddress/city city_required',
      '/billingAddress/postalCode invalid_postal_code',
    ]);
  });

  it.each([
    [{ billingEmail: 'nobody' }],
    [{ billingAddress: { ...address, country: 'XX' } }],
    [{ billingAddress: { ...address, country: 'de' } }],
    [{ billingAddress: { line1: 'x' } }],
    [{ billingAddress: { ...address, planet: 'Earth' } }],
    [{ billingAddress: 'Berlin' }],
    [{ taxId: 'x'.repeat(51) }],
    [{ taxId: 5 }],
    [{ plan: 'enterprise' }],
  ])('the invalid billing profile %j is refused', async (body) => {
    expect((await owner.api.patch(path(), body)).status).toBe(400);
  });
});
