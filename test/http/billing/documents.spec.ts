import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { parse } from 'node-html-parser';
import type { Client } from '../../support/client.js';
import { testDatabase } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { startTestServer, type TestServer } from '../../support/http.js';
import { goodPassword, type Person } from '../../support/world.js';
import { pdfText } from '../../support/pdf-text.js';

let server: TestServer;
let operator: Client;
beforeAll(async () => {
  server = await startTestServer({ CATALOG: 'test/catalogs/documents.yaml' });
  const { email } = await server.control.createOperator(server.world.email('operator'));
  operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
});
afterAll(() => server.close());

const berlin = { line1: 'Main Street 1', postalCode: '10115', city: 'Berlin', country: 'DE' };
const vienna = { line1: 'Ring 1', postalCode: '1010', city: 'Wien', country: 'AT' };

const profile = (who: Person, body: object) => who.api.patch(`${who.home}/billing/profile`, body);
async function buyer(body: object, wanted: object = { plan: 'pro', currency: 'EUR' }): Promise<{ owner: Person; invoice: any }> {
  const owner = await server.world.owner();
  const changed = await profile(owner, body);
  if (changed.status !== 200) throw new Error(changed.text);
  const bought = await owner.api.patch(`${owner.home}/subscription`, wanted);
  if (bought.status !== 200) throw new Error(bought.text);
  return { owner, invoice: (await owner.api.get(`${owner.home}/invoices`)).body.data[0] };
}
const pdfOf = async (client: Client, path: string): Promise<string> => {
  const response = await fetch(`${client.url}/api/v1${path}`, { headers: { authorization: `Bearer ${client.token}` } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  return pdfText(new Uint8Array(await response.arrayBuffer()));
};
const creditAll = (owner: Person, invoice: { id: string }, body: object = {}) => operator.post(`/tenants/${owner.organizationId}/invoices/${invoice.id}/credit-notes`, body);

describe('tax on documents', () => {
  it.each([
    [{}, { country: 'DE', name: 'MwSt', percent: '19', reverseCharge: false, amount: 379 }, 2374],
    [{ billingAddress: berlin, taxId: 'DE123456788' }, { country: 'DE', percent: '19', reverseCharge: false, amount: 379 }, 2374],
    [{ billingAddress: vienna, taxId: 'ATU13585627' }, { country: 'AT', percent: '0', reverseCharge: true, amount: 0 }, 1995],
    [{ billingAddress: vienna }, { country: 'DE', percent: '19', reverseCharge: false, amount: 379 }, 2374],
    [{ billingAddress: { ...vienna, country: 'CH' } }, { country: 'CH', percent: '8.1', amount: 162 }, 2157],
    [{ billingAddress: { ...vienna, postalCode: '10001', country: 'US' } }, { country: 'US', name: null, percent: '0', amount: 0 }, 1995],
  ])('a customer with %j is taxed by its country, in the preview too', async (body, tax, total) => {
    const owner = await server.world.owner();
    expect((await profile(owner, body)).status).toBe(200);
    const preview = (await owner.api.post(`${owner.home}/subscription/preview`, { plan: 'pro', currency: 'EUR' })).body;
    expect([preview.tax, preview.total, preview.dueNow]).toEqual([tax.amount, total, total]);
    await owner.api.patch(`${owner.home}/subscription`, { plan: 'pro', currency: 'EUR' });
    const [invoice] = (await owner.api.get(`${owner.home}/invoices`)).body.data;
    expect(invoice).toMatchObject({ subtotal: 1995, tax, total, amountDue: total, seller: { name: 'Verkäufer & Söhne GmbH', address: { country: 'DE' } } });
  });

  it.each([[{ billingAddress: vienna, taxId: 'x' }], [{ billingAddress: vienna, taxId: 'DE123456788' }], [{ billingAddress: vienna, taxId: 'ATU13585628' }]])(
    'the billing profile %j is refused, because its tax id would decide about the tax',
    async (body) => {
      const owner = await server.world.owner();
      expect(await profile(owner, body)).toMatchObject({ status: 422, body: { code: 'invalid_tax_id', errors: [{ pointer: '/taxId' }] } });
      expect((await owner.api.get(`${owner.home}/billing/profile`)).body).toEqual({ billingEmail: null, billingAddress: null, taxId: null });
      // Neither can it be reached in two steps, in any order.
      await profile(owner, { taxId: body.taxId });
      expect((await profile(owner, { billingAddress: body.billingAddress })).body.code).toBe('invalid_tax_id');
    },
  );

  it('partial credits return the whole tax when they credit the whole invoice', async () => {
    const { owner, invoice } = await buyer({});
    let [tax, total] = [0, 0];
    for (const amount of [1, 333, 661, 1000]) {
      const { status, body } = await creditAll(owner, invoice, { lines: [{ lineId: invoice.lines[0].id, amount }] });
      expect([status, body.subtotal, body.total]).toEqual([201, amount, amount + body.tax]);
      tax += body.tax;
      total += body.total;
    }
    expect([tax, total]).toEqual([379, 2374]);
    expect((await owner.api.get(`${owner.home}/invoices/${invoice.id}`)).body).toMatchObject({ status: 'paid', credited: 2374, amountDue: 0 });
  });
});

describe('documents', () => {
  it('an invoice is a PDF with its parties, lines, tax, the amount due, and how to pay', async () => {
    const { owner, invoice } = await buyer({ billingAddress: { ...vienna, line1: 'Λεωφόρος 5', city: 'Łódź Москва', postalCode: '104 31', country: 'GR' }, taxId: 'EL094259216' });
    const text = await pdfOf(owner.api, `${owner.home}/invoices/${invoice.id}/pdf`);
    for (const part of [
      'Invoice',
      invoice.number,
      'Verkäufer & Söhne GmbH',
      'Straße 1',
      'Λεωφόρος 5',
      'Łódź Москва',
      'EL094259216',
      'Pro',
      '19.95 EUR',
      'Reverse charge',
      'Amount due',
      'IBAN DE02',
    ])
      expect(text).toContain(part);
    expect(await pdfOf(operator, `/tenants/${owner.organizationId}/invoices/${invoice.id}/pdf`)).toBe(text);
  });

  it('an invoice is a page of HTML in which nothing of a person is markup', async () => {
    const { owner, invoice } = await buyer({ billingAddress: { ...berlin, line1: '<script>alert(1)</script>', city: '"&\'<img src=x onerror=alert(1)>' } });
    const answer = await owner.api.get(`${owner.home}/invoices/${invoice.id}/html`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = parse(answer.text);
    expect(page.querySelectorAll('script, img, b, form, iframe')).toEqual([]);
    expect(page.querySelector('.customer')?.textContent).toContain('<script>alert(1)</script>');
    expect(page.querySelector('h1')?.textContent).toBe(`Invoice ${invoice.number}`);
    expect(page.querySelectorAll('.totals tr').map((row) => row.textContent)).toEqual(['Subtotal19.95 EUR', 'MwSt 19 % (DE)3.79 EUR', 'Total23.74 EUR', 'Amount due23.74 EUR']);
    expect(page.querySelectorAll('.note').map((note) => note.textContent)).toContain('<b>Name the number</b> of the invoice.');
    expect((await operator.get(`/tenants/${owner.organizationId}/invoices/${invoice.id}/html`)).text).toBe(answer.text);
  });

  it('amounts have the minor units of ISO 4217 and the form of the locale', async () => {
    const { owner, invoice } = await buyer({ billingAddress: { ...vienna, postalCode: '10001', country: 'US' } }, { plan: 'pro', currency: 'HUF' });
    await owner.api.patch(owner.home, { locale: 'de-DE' });
    expect((await owner.api.get(`${owner.home}/invoices/${invoice.id}/html`)).text).toContain('4.900,00 HUF');
  });

  it('a document keeps its seller and recipient, and a credit note has those of its invoice', async () => {
    const { owner, invoice } = await buyer({ billingAddress: berlin });
    await profile(owner, { billingAddress: { ...berlin, line1: 'Elsewhere 9' } });
    const { body: note } = await creditAll(owner, invoice, { note: 'Sorry\nfor that' });
    const text = await pdfOf(owner.api, `${owner.home}/credit-notes/${note.id}/pdf`);
    for (const part of ['Credit note', note.number, invoice.number, 'Main Street 1', 'Verkäufer', '3.79 EUR', '23.74 EUR', 'Reduces the amount due', 'Sorry', 'for that'])
      expect(text).toContain(part);
    expect(text).not.toContain('Elsewhere 9');
    expect(await pdfOf(operator, `/tenants/${owner.organizationId}/credit-notes/${note.id}/pdf`)).toBe(text);
    const page = parse((await owner.api.get(`${owner.home}/credit-notes/${note.id}/html`)).text);
    expect(page.querySelector('h1')?.textContent).toBe(`Credit note ${note.number}`);
    expect((await operator.get(`/tenants/${owner.organizationId}/credit-notes/${note.id}/html`)).status).toBe(200);
    expect((await owner.api.get(`${owner.home}/credit-notes`)).body.data).toEqual([expect.objectContaining({ id: note.id, invoiceNumber: invoice.number })]);
    expect((await owner.api.get(`${owner.home}/credit-notes/${note.id}`)).body).toEqual((await operator.get(`/tenants/${owner.organizationId}/credit-notes/${note.id}`)).body);
    const invoicePage = parse((await owner.api.get(`${owner.home}/invoices/${invoice.id}/html`)).text);
    expect(invoicePage.querySelector('.totals')?.textContent).toContain(`Credit note ${note.number}-23.74 EUR`);
  });

  it('documents of one organization cannot be read through another', async () => {
    const { owner, invoice } = await buyer({});
    const { body: note } = await creditAll(owner, invoice);
    const stranger = await server.world.owner();
    for (const path of [`invoices/${invoice.id}/pdf`, `invoices/${invoice.id}/html`, `credit-notes/${note.id}`, `credit-notes/${note.id}/pdf`, `credit-notes/${note.id}/html`]) {
      expect((await stranger.api.get(`${stranger.home}/${path}`)).status).toBe(404);
      expect((await operator.get(`/tenants/${stranger.organizationId}/${path}`)).status).toBe(404);
      expect((await stranger.api.get(`${owner.home}/${path}`)).status).toBeGreaterThanOrEqual(400);
      expect((await owner.api.get(`/tenants/${owner.organizationId}/${path}`)).status).toBe(403);
    }
    expect((await stranger.api.get(`${stranger.home}/credit-notes`)).body.data).toEqual([]);
  });
});

describe('mails with documents', () => {
  it('an invoice and a credit note are mailed with their PDF to the billing address', async () => {
    const billingEmail = server.world.email('money');
    const { owner, invoice } = await buyer({ billingEmail });
    const { mail } = await server.mailbox.waitFor(billingEmail, `Invoice ${invoice.number}`);
    expect(mail.text).toContain('Please pay 23.74 EUR by');
    const [attached] = mail.attachments;
    expect([mail.attachments.length, attached?.filename, attached?.mimeType]).toEqual([1, `${invoice.number.replace('/', '-')}.pdf`, 'application/pdf']);
    expect(await pdfText(new Uint8Array(Buffer.from(attached?.content as string, 'base64')))).toContain(invoice.number);
    const { body: note } = await creditAll(owner, invoice);
    const credit = await server.mailbox.waitFor(billingEmail, `Credit note ${note.number}`);
    expect(await pdfText(new Uint8Array(Buffer.from(credit.mail.attachments[0]?.content as string, 'base64')))).toContain('23.74 EUR');
    expect(server.mailbox.to(billingEmail)).toHaveLength(2);
    const mailedAt = async (): Promise<string | null> => (await operator.get(`/tenants/${owner.organizationId}/invoices`)).body.data[0].mailedAt;
    const accepted = await eventually(mailedAt, (at) => at !== null);
    expect(Date.parse(accepted ?? '')).toBeGreaterThanOrEqual(Date.parse(invoice.issuedAt));
  });

  it('a reminder names the amount that is still due', async () => {
    const { owner, invoice } = await buyer({});
    expect((await creditAll(owner, invoice, { lines: [{ lineId: invoice.lines[0].id, amount: 995 }] })).status).toBe(201);
    const database = new pg.Client({ connectionString: testDatabase().platform });
    await database.connect();
    await database.query(`update invoices set due_at = now() - interval '1 day' where id = $1`, [invoice.id]);
    await database.end();
    await server.control.runJob('advance-subscriptions', new Date());
    // 10.00 EUR with 19 % tax.
    expect((await server.mailbox.waitFor(owner.email, 'overdue')).mail.text).toContain(`Invoice ${invoice.number} for 11.90 EUR was due`);
  });

  it('without a billing address, documents are mailed to the owners', async () => {
    const { owner, invoice } = await buyer({});
    expect((await server.mailbox.waitFor(owner.email, `Invoice ${invoice.number}`)).mail.attachments).toHaveLength(1);
  });
});

describe('a tenant without an owner', () => {
  const create = (more: object): Promise<any> => operator.post('/tenants', { name: 'Ownerless', slug: server.world.unique('ownerless'), plan: 'pro', trialDays: 0, ...more });

  it('a tenant without an owner gets its invoices at the address of the organization', async () => {
    const email = server.world.email('contact');
    const { body } = await create({ email });
    const { mail } = await server.mailbox.waitFor(email, `Invoice ${body.invoice.number}`);
    expect(mail.attachments).toHaveLength(1);
    const of = async (mailed: boolean): Promise<number> => (await operator.get(`/platform/invoices?organizationId=${body.id}&mailed=${mailed}`)).body.data.length;
    const both = async (): Promise<number[]> => [await of(true), await of(false)];
    expect(await eventually(both, ([mailed]) => mailed === 1)).toEqual([1, 0]);
  });
});

describe('lists of the operator', () => {
  it('the operator lists invoices by organization, status, overdue, currency and time, page by page', async () => {
    const { owner, invoice } = await buyer({});
    const of = async (query: string): Promise<string[]> =>
      (await operator.get(`/platform/invoices?organizationId=${owner.organizationId}${query}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await of('')).toEqual([invoice.id]);
    expect(await of('&status=open&overdue=false&currency=EUR')).toEqual([invoice.id]);
    for (const query of ['&status=paid', '&overdue=true', '&currency=USD', `&issuedTo=${invoice.issuedAt}`]) expect([query, await of(query)]).toEqual([query, []]);
    expect(await of(`&issuedFrom=${invoice.issuedAt}`)).toEqual([invoice.id]);
    const first = (await operator.get('/platform/invoices?limit=1&count=true')).body;
    const second = (await operator.get(`/platform/invoices?limit=1&cursor=${first.nextCursor}`)).body;
    expect(first.total).toBeGreaterThan(1);
    expect(second.data[0].id).not.toBe(first.data[0].id);
    await creditAll(owner, invoice);
    const [listed] = (await operator.get(`/tenants/${owner.organizationId}/invoices?status=paid`)).body.data;
    expect(listed).toMatchObject({ id: invoice.id, organizationId: owner.organizationId, provider: 'manual' });
    expect((await operator.get(`/tenants/${owner.organizationId}/invoices/${invoice.id}`)).body).toMatchObject({ id: invoice.id, status: 'paid' });
    expect((await operator.get(`/tenants/${owner.organizationId}/credit-notes?invoiceId=${invoice.id}`)).body.data).toHaveLength(1);
    expect((await operator.get(`/tenants/${owner.organizationId}/subscription`)).body).toMatchObject({ plan: 'pro', status: 'active' });
  });

  it('lists of a tenant that does not exist are not found, and owners cannot read them', async () => {
    const owner = await server.world.owner();
    const nobody = '0192b8a0-0000-7000-8000-000000000000';
    for (const path of ['subscription', 'invoices', 'credit-notes', 'balance-settlements']) {
      expect((await operator.get(`/tenants/${nobody}/${path}`)).status).toBe(404);
      expect((await owner.api.get(`/tenants/${owner.organizationId}/${path}`)).status).toBe(403);
    }
    expect((await owner.api.get('/platform/invoices')).status).toBe(403);
  });
});
