import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addOnOf, planOf } from '../../../../test/support/priced.js';
import { creditableOf, endedLines, restCredits, type InvoicedDocument, type InvoicedLine } from './credits.policy.js';
import { amountDueOf, planCreditNotes, planDocuments, planInvoice } from './documents.policy.js';
import { periodFrom, type Period, type Terms } from './prices.policy.js';
import { taxOn, taxOnCredit, untaxed } from './taxes.policy.js';

const amounts = fc.integer({ min: 1, max: 100_000_000 });
const moments = fc.date({ min: new Date('2024-01-01T00:00:00Z'), max: new Date('2040-01-01T00:00:00Z'), noInvalidDate: true });
const percents = fc.integer({ min: 0, max: 30_000 }).map((thousandths) => thousandths / 1000);
const parts = fc.double({ min: 0, max: 1, noNaN: true });
const within = ({ start, end }: Period, part: number): Date => new Date(start.getTime() + Math.floor((end.getTime() - start.getTime()) * part));

const invoiceOf = (given: Partial<InvoicedDocument> = {}): InvoicedDocument => ({
  id: 'invoice',
  number: 'INV-000001',
  status: 'paid',
  currency: 'EUR',
  taxPercent: 0,
  total: 1000,
  balanceApplied: 0,
  credited: 0,
  settledDue: 0,
  ...given,
});
const april = { start: new Date('2027-04-01T00:00:00Z'), end: new Date('2027-05-01T00:00:00Z') };
const lineOf = (given: Partial<InvoicedLine> = {}): InvoicedLine => ({
  id: 'line',
  invoice: invoiceOf(),
  kind: 'plan',
  key: 'pro',
  description: 'Pro',
  quantity: 1,
  amount: 1000,
  credited: 0,
  period: april,
  ...given,
});
const creditAt = (line: InvoicedLine, at: string): number => restCredits([line], new Date(at))[0]?.amount ?? 0;

describe('the credit of a line', () => {
  it('the credit of a line is the part of its amount for the rest of its period, less earlier credits', () => {
    // 30 days for 10.00: 15 of them are 5.00, one hour before the end is 0.01 (1000 / 720, rounded).
    expect(creditAt(lineOf(), '2027-04-16T00:00:00Z')).toBe(500);
    expect(creditAt(lineOf(), '2027-04-30T23:00:00Z')).toBe(1);
    expect(creditAt(lineOf({ credited: 300 }), '2027-04-16T00:00:00Z')).toBe(200);
    expect(creditAt(lineOf({ credited: 500 }), '2027-04-16T00:00:00Z')).toBe(0);
    expect(creditAt(lineOf(), '2027-05-01T00:00:00Z')).toBe(0);
    expect(creditAt(lineOf(), '2027-03-01T00:00:00Z')).toBe(1000);
    expect(creditAt(lineOf({ period: undefined }), '2027-04-16T00:00:00Z')).toBe(0);
  });

  it('the credits of a line never exceed what was invoiced, however often it is credited', () => {
    fc.assert(
      fc.property(amounts, moments, fc.array(parts, { minLength: 1, maxLength: 6 }), (amount, start, times) => {
        const period = periodFrom(start, 'month');
        let credited = 0;
        for (const at of times) credited += restCredits([lineOf({ amount, period, credited })], within(period, at))[0]?.amount ?? 0;
        expect([credited <= amount, creditableOf({ amount, credited })]).toEqual([true, amount - credited]);
        // The first moment at which it is given back decides.
        expect(credited).toBe(restCredits([lineOf({ amount, period })], within(period, Math.min(...times)))[0]?.amount ?? 0);
      }),
    );
  });
});

describe('the lines that end with a change', () => {
  const [pro, max] = [planOf('pro', []), planOf('max', [])];
  const terms = (plan: typeof pro, quantities: Record<string, number> = {}): Terms => ({
    plan,
    interval: 'month',
    seats: undefined,
    addOns: Object.entries(quantities).map(([key, quantity]) => ({ addOn: addOnOf(key, ['pro', 'max'], []), quantity })),
  });
  const lines = [
    lineOf(),
    lineOf({ id: 'disk', kind: 'add_on', key: 'disk' }),
    lineOf({ id: 'mail', kind: 'add_on', key: 'mail' }),
    lineOf({ id: 'used', kind: 'usage', key: 'calls' }),
  ];
  const ended = (from: Terms, to: Terms): string[] => endedLines(lines.slice(0, 3), from, to).map(({ id }) => id);

  it('a change ends the lines of the items that do not stay as agreed', () => {
    expect(ended(terms(pro, { disk: 1, mail: 1 }), terms(pro, { disk: 2, mail: 1 }))).toEqual(['disk']);
    expect(ended(terms(pro, { disk: 1, mail: 1 }), terms(max, { disk: 1 }))).toEqual(['line', 'mail']);
    expect(ended(terms(pro, { disk: 1, mail: 1 }), terms(pro, { disk: 1, mail: 1 }))).toEqual([]);
  });

  it('a change of a plan that the operator gave ends the line of the plan that was paid before', () => {
    // Max was a gift on top of Pro, which was paid for. An add-on leaves both; another plan gives Pro back.
    expect(ended(terms(max, { disk: 1, mail: 1 }), terms(max, { disk: 3, mail: 1 }))).toEqual(['disk']);
    expect(ended(terms(max), terms(planOf('top', [])))).toEqual(['line', 'disk', 'mail']);
  });
});

describe('the documents of a change', () => {
  const creditOf = (invoice: InvoicedDocument, amount: number) => ({ line: lineOf({ invoice }), description: 'Unused time on Pro', amount, period: undefined });

  it('credits reduce the amount due of the invoice first, then add to the balance, which pays the next invoice', () => {
    const open = invoiceOf({ id: 'open', status: 'open', total: 1000, balanceApplied: 400 });
    const lines = [{ kind: 'plan' as const, key: 'max', description: 'Max', quantity: 1, unitAmount: 900, amount: 900, period: april }];
    // Of 10.00, the balance has paid 4.00 and 6.00 are due: a credit of 8.00 reduces these, and 2.00 remain.
    const planned = planDocuments({ credits: [creditOf(open, 800)], lines, currency: 'EUR' }, { tax: untaxed, balances: new Map([['EUR', 50]]) });
    expect(planned.creditNotes).toMatchObject([{ total: 800, settled: { due: 600, balance: 200, refund: 0 } }]);
    expect(planned.invoice).toMatchObject({ total: 900, balanceApplied: 250, due: 650 });
    expect(planDocuments({ credits: [creditOf(open, 800)], lines, currency: 'USD' }, { tax: untaxed, balances: new Map() }).invoice).toMatchObject({ balanceApplied: 0, due: 900 });
  });

  it('credits of one change are one credit note for each invoice', () => {
    const planned = planCreditNotes([creditOf(invoiceOf({ id: 'a' }), 100), creditOf(invoiceOf({ id: 'b' }), 200), creditOf(invoiceOf({ id: 'a' }), 30)], { refunded: true });
    expect(planned.map(({ invoice, total, settled }) => [invoice.id, total, settled.refund])).toEqual([
      ['a', 130, 130],
      ['b', 200, 200],
    ]);
  });

  it('an amount is due only while the invoice is open', () => {
    expect(amountDueOf({ status: 'open', total: 1000, balanceApplied: 100, settledDue: 200 })).toBe(700);
    for (const status of ['paid', 'void', 'uncollectible']) expect(amountDueOf({ status, total: 1000, balanceApplied: 100, settledDue: 200 })).toBe(0);
  });
});

describe('the tax of a document', () => {
  it('tax is rounded half up, once for the document', () => {
    // 19 % of 0.50 are 0.095, of 0.13 are 0.0247; 8.875 % of 100.00 are 8.875.
    expect([taxOn(50, 19), taxOn(13, 19), taxOn(10_000, 8.875), taxOn(1000, 0)]).toEqual([10, 2, 888, 0]);
    expect(planInvoice([{ ...lineOf(), kind: 'plan', key: 'pro', unitAmount: 50, amount: 50 }], { ...untaxed, country: 'DE', percent: 19 }, 0)).toMatchObject({
      subtotal: 50,
      tax: 10,
      total: 60,
    });
  });

  it('all tax is credited with the whole invoice, in however many credits', () => {
    fc.assert(
      fc.property(fc.array(amounts, { minLength: 1, maxLength: 6 }), percents, (credits, percent) => {
        let [before, tax] = [0, 0];
        for (const amount of credits) {
          tax += taxOnCredit(amount, { before, percent });
          before += amount;
        }
        expect(tax).toBe(taxOn(before, percent));
      }),
    );
  });
});
