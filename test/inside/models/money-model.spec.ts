import { afterAll, beforeAll, describe } from '@jest/globals';
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { BilledServer } from '../../support/billing/billed-server.js';
import { MoneyHistory } from '../../support/billing/money-history.js';
import { customers, meters, withUsageAndTaxes } from '../../support/billing/money-reference.js';
import { catalogFile } from '../../support/catalogs.js';
import { itInBothRuns, rounds, seed } from '../../support/rounds.js';

// Random histories of purchases, changes, gifts, void invoices, credit notes, usage, prices that change in the catalog, currencies, taxes and billing
// modes.

const { REPLAY } = process.env;
const histories = rounds(3, 250);
/** Of the long run, in milliseconds. */
const budget = 30_000;
let servers: BilledServer[];
beforeAll(async () => {
  const catalog = await catalogFile(withUsageAndTaxes(await readFile('test/catalogs/money.yaml', 'utf8')));
  const first = await BilledServer.open(catalog);
  const raised = await first.withCatalog(catalog, (text) => text.replaceAll(/amount: (\d+)/g, (_, amount) => `amount: ${Math.round(Number(amount) * 1.37) + 1}`));
  const lowered = await first.withCatalog(catalog, (text) => text.replaceAll(/amount: (\d+)/g, (_, amount) => `amount: ${Math.round(Number(amount) * 0.61)}`));
  servers = [first, raised, lowered];
}, 120_000);
afterAll(() => servers[0]?.close());

interface Step {
  readonly name: string;
  readonly run: (history: MoneyHistory) => Promise<void>;
}

const step = (name: string, run: Step['run']): Step & { [fc.toStringMethod]: () => string } => ({ name, run, [fc.toStringMethod]: () => name });
const changeTo = (index: number, wish: object): Step => step(`change on server ${index}: ${JSON.stringify(wish)}`, (history) => history.change(index, wish));
const closeAs = (status: 'paid' | 'void' | 'uncollectible'): Step => step(status, (history) => history.close(status));
const creditInParts = (parts: readonly number[]): Step => step(`credit ${parts.join(', ')}`, (history) => history.giveBackInParts(parts));
const settle = (part: number, method: 'paid_out' | 'written_off'): Step => step(`${part} of the balance is ${method}`, (history) => history.settleBalances(part, method));
const passOn = (days: number, index: number): Step => step(`${days} days, and the job on server ${index}`, (history) => history.pass(days, index));
const use = (meter: string, quantity: number, ago: number): Step => step(`${quantity} ${meter} of ${ago} days ago`, (history) => history.use(meter, quantity, ago));
const moveTo = (index: number): Step => step(`live ${customers[index]?.name}`, (history) => history.move(index));

const server = fc.nat({ max: 2 });
const wishes = fc.oneof(
  fc.record(
    {
      plan: fc.constantFrom('pro', 'pro', 'max', 'top'),
      interval: fc.constantFrom('month', 'month', 'year'),
      currency: fc.constantFrom('EUR', 'EUR', 'JPY'),
      addOns: fc.record({ disk: fc.nat({ max: 4 }) }),
    },
    { requiredKeys: ['plan'] },
  ),
  fc.record({ plan: fc.constant('team'), seats: fc.integer({ min: 1, max: 7 }) }),
  fc.record({ seats: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ addOns: fc.record({ disk: fc.nat({ max: 4 }) }) }),
  fc.constant({ interval: 'year' }),
  fc.constant({ plan: 'free' }),
);
const change = fc.tuple(wishes, server).map(([wish, index]) => changeTo(index, wish));
const pay = fc.constant(closeAs('paid'));
const pass = fc.tuple(fc.constantFrom(0.01, 1.37, 5, 12.5, 31, 40), server).map(([days, index]) => passOn(days, index));
const ends = fc.constantFrom(
  step('cancel later', (history) => history.cancel(false)),
  step('cancel later', (history) => history.cancel(false)),
  step('cancel now', (history) => history.cancel(true)),
  step('resume', (history) => history.resume()),
);
const operated = fc.oneof(
  fc.constantFrom('void' as const, 'uncollectible' as const).map(closeAs),
  fc
    .tuple(fc.double({ min: 0, max: 0.99, noNaN: true }), fc.constantFrom('balance' as const, 'refund' as const))
    .map(([part, to]) => step(`give back ${part} as ${to}`, (history) => history.giveBack(part, to))),
  fc.constantFrom('max', 'team', 'free', 'top').map((plan) => step(`gift of ${plan}`, (history) => history.operate('gift', plan))),
  fc.constantFrom('trial' as const, 'pause' as const).map((kind) => step(kind, (history) => history.operate(kind, 0))),
);
const anchor = fc.integer({ min: 1, max: 31 }).map((value) => step(`counters reset on day ${value}`, (history) => history.operate('anchor', value)));

const amounts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 4 });
const inParts = amounts.map(creditInParts);
const settled = fc.tuple(fc.constantFrom(0.3, 1), fc.constantFrom('paid_out' as const, 'written_off' as const)).map(([part, method]) => settle(part, method));

const usage = fc
  .tuple(fc.constantFrom(...meters), fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constantFrom(10, 11, 15, 16, 20, 21, 40, 41, 60, 61)), fc.constantFrom(0, 0, 0.6, 3))
  .map(([meter, quantity, ago]) => use(meter, quantity, ago));
const move = fc.nat({ max: customers.length - 1 }).map(moveTo);
const mode = fc.constantFrom('none', 'invoice', 'provider', null).map((value) => step(`billing mode ${value}`, (history) => history.bill(value)));

const alone = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<readonly Value[]> => arbitrary.map((value) => [value]);
/** Steps that rarely follow each other by chance: an invoice with several credit notes is paid or becomes void, and its balance is settled or used. */
const course = fc.oneof(
  fc.tuple(change, inParts, fc.constantFrom('void' as const, 'paid' as const).map(closeAs)),
  fc.tuple(change, pay, inParts, change),
  fc.tuple(change, pay, inParts, settled),
);
/** Are played first, so that each run has them: credits, and usage with a change within a period. */
const firstHistories: readonly { readonly steps: readonly Step[]; readonly pays: boolean }[] = [
  {
    steps: [
      moveTo(0),
      changeTo(0, { plan: 'max' }),
      creditInParts([28, 12, 37]),
      closeAs('void'),
      moveTo(2),
      changeTo(0, { plan: 'top' }),
      moveTo(1),
      closeAs('paid'),
      creditInParts([7, 5, 41]),
      settle(0.3, 'paid_out'),
      changeTo(1, { addOns: { disk: 2 } }),
    ],
    pays: false,
  },
  { steps: [changeTo(0, { plan: 'max' }), passOn(1.37, 0), use('minutes', 60, 0), use('calls', 41, 0), passOn(12.5, 0), changeTo(1, { plan: 'top' }), passOn(31, 0)], pays: true },
];

/** Half of the histories have only steps after which the sum of what was agreed is known to the minor unit. */
const plain = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: change },
    { weight: 4, arbitrary: pass },
    { weight: 4, arbitrary: usage },
    { weight: 2, arbitrary: move },
    { weight: 2, arbitrary: ends },
    { weight: 1, arbitrary: anchor },
  ),
  { minLength: 6, maxLength: 18 },
);
const all = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: alone(change) },
      { weight: 4, arbitrary: alone(pass) },
      { weight: 3, arbitrary: alone(ends) },
      { weight: 1, arbitrary: alone(anchor) },
      { weight: 3, arbitrary: alone(operated) },
      { weight: 3, arbitrary: alone(pay) },
      { weight: 2, arbitrary: alone(usage) },
      { weight: 2, arbitrary: alone(move) },
      { weight: 1, arbitrary: alone(mode) },
      { weight: 1, arbitrary: alone(settled) },
      { weight: 2, arbitrary: course },
    ),
    { minLength: 5, maxLength: 15 },
  )
  .map((courses) => courses.flat());
const anyHistory = fc.oneof(
  plain.map((steps) => ({ steps, pays: true })),
  all.map((steps) => ({ steps, pays: false })),
);

describe('the money of a random history', () => {
  itInBothRuns(
    `the money of a random history adds up after each step (up to ${histories} histories, seed ${seed})`,
    async () => {
      let [done, steps] = [0, 0];
      const play = async (history: { readonly steps: readonly Step[]; readonly pays: boolean }): Promise<void> => {
        const money = await MoneyHistory.begin(servers);
        for (const { name, run } of history.steps) {
          try {
            await run(money);
            if (history.pays) await money.close('paid');
            await money.check();
          } catch (error) {
            throw new Error(`after "${name}": ${(error as Error).message}`, { cause: error });
          }
          steps += 1;
        }
        await money.settle();
        await money.forget();
        done += 1;
      };
      let played = Promise.resolve();
      await fc.assert(
        fc.asyncProperty(anyHistory, (history) => (played = play(history))),
        {
          examples: firstHistories.map((history) => [history]),
          numRuns: histories,
          seed,
          ...(REPLAY === undefined ? {} : { path: REPLAY }),
          endOnFailure: true,
          interruptAfterTimeLimit: budget,
          markInterruptAsFailure: false,
        },
      );
      // When the time is over, the last one still runs to its end.
      await played;
      process.stdout.write(`${done} histories of money with ${steps} steps, seed ${seed}\n`);
    },
    900_000,
  );
});
