import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Answer } from '../../support/client.js';
import type { Person } from '../../support/world.js';
import { BilledServer } from '../../support/billing/billed-server.js';

let billed: BilledServer;
beforeAll(async () => {
  billed = await BilledServer.open('test/catalogs/money.yaml');
});
afterAll(() => billed.close());

interface Row {
  readonly at: Date;
  readonly request: string;
  readonly amounts: Readonly<Record<'charged' | 'givenBack' | 'fromBalance' | 'due', string>>;
  readonly paid: boolean;
}

/** Reads the table of the example. */
async function exampleRows(): Promise<Row[]> {
  const page = await readFile('docs/billing.md', 'utf8');
  expect(page).toContain('10.00 EUR a month for `pro`, 99.00 for `max` and 3.00 for each `disk`');
  const rows = [...page.matchAll(/^\| (\d+ \w+) \| (.+?) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| (yes|no) \|$/gm)];
  return rows.map(([, day = '', request = '', charged = '', givenBack = '', fromBalance = '', due = '', paid]) => ({
    at: new Date(`${day} 2027 UTC`),
    request,
    amounts: { charged, givenBack, fromBalance, due },
    paid: paid === 'yes',
  }));
}

/** Does what a row says: a renewal by the job, a credit note of the operator, or a change by the owner. */
async function carryOut(owner: Person, request: string): Promise<void> {
  if (request === 'renewal') return billed.pass(0);
  if (!request.startsWith('credit note')) return accepted(await billed.change(owner, JSON.parse(request.replaceAll('`', ''))));
  const [invoice] = await billed.invoicesOf(owner);
  const [, amount, key] = /of ([\d.]+) on `(\w+)`/.exec(request) ?? [];
  const line = invoice.lines.find((each: { key: string }) => each.key === key);
  const body = { lines: [{ lineId: line.id, amount: Math.round(Number(amount) * 100) }] };
  accepted(await billed.operator.post(`/tenants/${owner.organizationId}/invoices/${invoice.id}/credit-notes`, body));
}

function accepted({ status, text }: Answer): void {
  if (status >= 300) throw new Error(`the request answered ${status}: ${text}`);
}

const money = (minor: number): string => (minor / 100).toFixed(2);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('the example of docs/billing.md', () => {
  it('the example of credits in docs/billing.md has the amounts that the server computes', async () => {
    const rows = await exampleRows();
    expect(rows).toHaveLength(7);
    const owner = await billed.server.world.owner();
    const paidInApril: number[] = [];
    let [invoices, credits, applied] = [0, 0, 0];
    for (const { at, request, amounts, paid } of rows) {
      billed.clock.time = at;
      await carryOut(owner, request);
      const all = await billed.invoicesOf(owner);
      const notes = await billed.creditNotesOf(owner);
      const [total, given, used] = [sum(all.map((each) => each.total)), sum(notes.map((each) => each.total)), sum(all.map((each) => each.balanceApplied))];
      const due = sum(all.map(({ amountDue }) => amountDue));
      expect({ request, charged: money(total - invoices), givenBack: money(given - credits), fromBalance: money(used - applied), due: money(due) }).toEqual({
        request,
        ...amounts,
      });
      [invoices, credits, applied] = [total, given, used];
      if (paid) await billed.pay(owner);
      if (paid && at < new Date('2027-05-01')) paidInApril.push(due);
    }
    // Pro for half of the month, a disk for a third, two disks for two thirds, Max for half, less the goodwill.
    expect(sum(paidInApril)).toBe(500 + 100 + 400 + 4950 - 900);
  });
});
