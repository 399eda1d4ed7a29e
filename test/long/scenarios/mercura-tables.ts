import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { presetOnPlan } from '../../support/preset.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import type { Person } from '../../support/world.js';

// The tables of the mercura preset. The project does not have them: product-tables.spec.ts runs this file in a copy that has.

let server: TestServer;
let owner: Person;
let admin: Person;
let rep: Person;
let viewer: Person;
let rival: Person;

beforeAll(async () => {
  server = await startTestServer({ CATALOG: presetOnPlan('mercura', 'business') });
  owner = await server.world.owner();
  await owner.api.patch(`${owner.home}/subscription`, { seats: 20 });
  admin = await server.world.member(owner, 'admin');
  rep = await server.world.member(owner, 'sales_rep');
  viewer = await server.world.member(owner, 'viewer');
  rival = await server.world.owner();
});
afterAll(() => server.close());

async function create(person: Person, path: string, body: object): Promise<string> {
  const answer = await person.api.post(`${person.home}/${path}`, body);
  expect(answer).toMatchObject({ status: 201, body });
  return answer.body.id as string;
}

const product = { name: 'Valve', sku: 'V-100', price: 9_007_199_254_740_991, currency: 'EUR' };

interface Quote {
  readonly customerId: string;
  readonly productId: string;
  readonly quoteId: string;
  readonly lineId: string;
}

/** A quote with a line: of a seller, for a product of somebody who sets prices. */
async function quote(seller: Person, pricing: Person): Promise<Quote> {
  const [customerId, productId] = [await create(seller, 'customers', { name: 'Acme' }), await create(pricing, 'products', product)];
  const quoteId = await create(seller, 'quotes', { number: 'Q-1', customerId, sellerId: seller.userId, status: 'draft' });
  return { customerId, productId, quoteId, lineId: await create(seller, 'quote-lines', { quoteId, productId, quantity: 3, price: 1999, currency: 'EUR' }) };
}

describe('customers, products and quotes', () => {
  it('a sales representative writes a quote with lines, and sends it', async () => {
    const { customerId, productId, quoteId, lineId } = await quote(rep, admin);
    expect((await viewer.api.get(`${owner.home}/quote-lines?quoteId=${quoteId}&count=true`)).body).toMatchObject({ total: 1, data: [{ id: lineId, productId, price: 1999 }] });
    expect(await rep.api.patch(`${owner.home}/quotes/${quoteId}`, { status: 'sent' })).toMatchObject({ status: 200, body: { status: 'sent' } });
    expect((await viewer.api.get(`${owner.home}/quotes?status=sent&sellerId=${rep.userId}&customerId=${customerId}`)).body.data).toMatchObject([{ id: quoteId, number: 'Q-1' }]);
    expect(await rep.api.delete(`${owner.home}/customers/${customerId}`)).toMatchObject({ status: 409, body: { code: 'still_referenced' } });
  });

  it('each role has the rights that the commands of the page grant', async () => {
    const { customerId, productId, quoteId } = await quote(rep, admin);
    const bodies = { customers: { name: 'Bolt' }, products: product, quotes: { number: 'Q-2', customerId, status: 'draft' } };
    const rights = await Promise.all(
      Object.entries({ viewer, rep, admin, owner }).map(async ([role, { api, home }]) => [
        role,
        ...(await Promise.all(Object.entries(bodies).map(async ([path, body]) => [(await api.get(`${home}/${path}`)).status, (await api.post(`${home}/${path}`, body)).status]))),
      ]),
    );
    expect(rights).toEqual([
      ['viewer', [200, 403], [200, 403], [200, 403]],
      ['rep', [200, 201], [200, 403], [200, 201]],
      ['admin', [200, 201], [200, 201], [200, 201]],
      ['owner', [200, 201], [200, 201], [200, 201]],
    ]);
    expect((await rep.api.patch(`${owner.home}/products/${productId}`, { price: 1 })).status).toBe(403);
    expect((await viewer.api.delete(`${owner.home}/quotes/${quoteId}`)).status).toBe(403);
  });

  it('a promoted viewer writes quotes with the next request, and a removed seller leaves a quote without one', async () => {
    const climber = await server.world.member(owner, 'viewer');
    expect((await climber.api.post(`${owner.home}/customers`, { name: 'Too early' })).status).toBe(403);
    expect((await owner.api.patch(`${owner.home}/members/${climber.userId}`, { role: 'sales_rep' })).status).toBe(200);
    const { quoteId } = await quote(climber, admin);
    expect((await owner.api.delete(`${owner.home}/members/${climber.userId}`)).status).toBe(204);
    expect((await climber.api.get(`${owner.home}/quotes/${quoteId}`)).status).toBe(404);
    expect((await owner.api.get(`${owner.home}/quotes/${quoteId}`)).body).toMatchObject({ id: quoteId, sellerId: null });
  });
});

describe('two companies', () => {
  it('a company neither reads, changes, deletes nor lists the rows of another one', async () => {
    const { customerId, productId, quoteId, lineId } = await quote(rep, admin);
    const paths = [`customers/${customerId}`, `products/${productId}`, `quotes/${quoteId}`, `quote-lines/${lineId}`];
    for (const path of paths) {
      const before = await owner.api.get(`${owner.home}/${path}`);
      for (const home of [rival.home, owner.home]) {
        const answers = [await rival.api.get(`${home}/${path}`), await rival.api.patch(`${home}/${path}`, {}), await rival.api.delete(`${home}/${path}`)];
        expect({ path, home, statuses: answers.map(({ status }) => status) }).toEqual({ path, home, statuses: [404, 404, 404] });
      }
      expect(await owner.api.get(`${owner.home}/${path}`)).toMatchObject({ status: 200, body: before.body });
    }
    for (const path of ['customers', 'products', 'quotes', 'quote-lines']) expect((await rival.api.get(`${rival.home}/${path}`)).body.data).toEqual([]);
  });

  it('a quote refers to no customer, member or product of another company', async () => {
    const theirs = await quote(rep, admin);
    const mine = await quote(rival, rival);
    const body = { number: 'Q-9', customerId: mine.customerId, status: 'draft' };
    for (const [path, given, field] of [
      ['quotes', { ...body, customerId: theirs.customerId }, 'customerId'],
      ['quotes', { ...body, sellerId: rep.userId }, 'sellerId'],
      ['quote-lines', { quoteId: theirs.quoteId, productId: mine.productId, quantity: 1, price: 1, currency: 'EUR' }, 'quoteId'],
      ['quote-lines', { quoteId: mine.quoteId, productId: theirs.productId, quantity: 1, price: 1, currency: 'EUR' }, 'productId'],
    ] as const)
      expect(await rival.api.post(`${rival.home}/${path}`, given)).toMatchObject({ status: 422, body: { code: 'reference_not_found', errors: [{ pointer: `/${field}` }] } });
  });
});
