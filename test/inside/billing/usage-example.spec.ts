import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { BilledServer } from '../../support/billing/billed-server.js';

const catalog = 'test/catalogs/usage-prices.yaml';
let billed: BilledServer;
beforeAll(async () => {
  billed = await BilledServer.open(catalog);
});
afterAll(() => billed.close());

interface Row {
  readonly day: string;
  readonly event: string;
  readonly amounts: Readonly<Record<'soFar' | 'charged' | 'givenBack' | 'due', string>>;
}

/** Reads the table of the example. */
async function exampleRows(): Promise<Row[]> {
  const page = (await readFile('docs/billing.md', 'utf8')).split('### Example of usage')[1] ?? '';
  const rows = [...page.matchAll(/^\| (\d+ \w+) \| (.+?) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$/gm)];
  return rows.map(([, day = '', event = '', soFar = '', charged = '', givenBack = '', due = '']) => ({ day, event, amounts: { soFar, charged, givenBack, due } }));
}

const noon = (day: string): Date => new Date(`${day} 2027 12:00 UTC`);
const money = (minor: number): string => (minor / 100).toFixed(2);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('the example of usage in docs/billing.md', () => {
  it('the example of usage in docs/billing.md has the amounts that the server computes', async () => {
    const rows = await exampleRows();
    expect(rows).toHaveLength(9);
    const owner = await billed.server.world.owner();
    const report = async (event: object): Promise<void> => {
      const { status, text } = await owner.api.post('/usage/events', { events: [event] });
      if (status >= 300) throw new Error(text);
    };
    let [invoices, credits] = [0, 0];
    for (const { day, event, amounts } of rows) {
      const now = noon(day);
      billed.clock.forward(now.getTime() - billed.clock.now().getTime());
      const [, quantity, unit, of] = /^(\d+) (call|token)s(?: of (\d+ April))?/.exec(event) ?? [];
      if (event === 'renewal') await billed.pass(0);
      else if (event.endsWith('is bought')) await billed.change(owner, { plan: 'pro' });
      else if (event.endsWith('taken back')) await report({ id: event, meter: `${unit}s`, quantity: -Number(quantity), corrects: '1001 tokens' });
      else await report({ id: event, meter: `${unit}s`, quantity: Number(quantity), occurredAt: noon(of ?? day).toISOString() });
      const all = await billed.invoicesOf(owner);
      const [total, given] = [sum(all.map((each) => each.total)), sum((await billed.creditNotesOf(owner)).map((each) => each.total))];
      const soFar = (await billed.subscriptionOf(owner)).usage.amount;
      expect({
        day,
        event,
        soFar: money(soFar),
        charged: money(total - invoices),
        givenBack: money(given - credits),
        due: money(sum(all.map(({ amountDue }) => amountDue))),
      }).toEqual({
        day,
        event,
        ...amounts,
      });
      [invoices, credits] = [total, given];
      await billed.pay(owner);
    }
  });
});
