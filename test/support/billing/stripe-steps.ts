import fc from 'fast-check';
import type { Agreed } from './stripe-model.js';
import type { Step } from './stripe-stage.js';

// The steps, and how often each is taken.

/** A step with a name for failure messages. */
const step = (name: string, run: Step['run']): Step & { [fc.toStringMethod]: () => string } => ({ name, run, [fc.toStringMethod]: () => name });
const told = ({ plan, interval, seats }: Agreed): string => `${plan} by the ${interval}${seats === null ? '' : ` for ${seats}`}`;
const team = fc.integer({ min: 1, max: 12 }).map((seats): Agreed => ({ plan: 'team', interval: 'month', seats }));
const pro = fc.constantFrom('month' as const, 'year' as const).map((interval): Agreed => ({ plan: 'pro', interval, seats: null }));
const sold = fc.oneof(pro, team);
const free: Agreed = { plan: 'free', interval: 'month', seats: null };
const other: Agreed = { plan: 'other', interval: 'month', seats: null };
const few = fc.integer({ min: 1, max: 4 });

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: sold.map((agreed) => step(`buy ${told(agreed)}`, (stage) => stage.buys(agreed))) },
  { weight: 1, arbitrary: sold.map((agreed) => step(`open a page for ${told(agreed)}`, (stage) => stage.checkout(agreed))) },
  { weight: 1, arbitrary: fc.constant(step('pay on the page', (stage) => stage.complete())) },
  {
    weight: 5,
    arbitrary: fc
      .oneof({ weight: 5, arbitrary: sold }, { weight: 1, arbitrary: fc.constant(free) })
      .map((agreed) => step(`change to ${told(agreed)}`, (stage) => stage.change(agreed))),
  },
  { weight: 2, arbitrary: fc.boolean().map((now) => step(`cancel ${now ? 'now' : 'later'}`, (stage) => stage.cancel(now))) },
  { weight: 2, arbitrary: fc.constant(step('resume', (stage) => stage.resume())) },
  { weight: 1, arbitrary: fc.constant(step('pause', (stage) => stage.pause())) },
  { weight: 1, arbitrary: fc.constantFrom(1, 10, 40).map((days) => step(`trial of ${days} days`, (stage) => stage.setTrial(days))) },
  { weight: 1, arbitrary: sold.map((agreed) => step(`dashboard: make ${told(agreed)}`, (stage) => stage.make(agreed))) },
  {
    weight: 3,
    arbitrary: fc
      .oneof({ weight: 5, arbitrary: sold }, { weight: 1, arbitrary: fc.constant(other) })
      .map((agreed) => step(`dashboard: ${told(agreed)}`, (stage) => stage.reprice(agreed))),
  },
  { weight: 2, arbitrary: sold.map((agreed) => step(`dashboard: ${told(agreed)} with the next period, if a change is scheduled`, (stage) => stage.reschedule(agreed))) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      step('dashboard: end with the period', (stage) => stage.flag({ cancel_at_period_end: true }, { ends: true })),
      step('portal: end on a date', (stage) => stage.flag({ cancel_at: stage.model.there?.end ?? 1 }, { ends: true })),
      step('dashboard: do not end', (stage) => stage.flag({ cancel_at_period_end: false, cancel_at: null }, { ends: false })),
      step('dashboard: pause', (stage) => stage.flag({ pause_collection: { behavior: 'void' } }, { paused: true })),
      step('dashboard: no pause', (stage) => stage.flag({ pause_collection: null }, { paused: false })),
      step('dashboard: end now', (stage) => stage.end()),
      step('dashboard: write an invoice off', (stage) => stage.writeOff()),
    ),
  },
  { weight: 2, arbitrary: fc.boolean().map((good) => step(`the card is ${good ? 'good' : 'bad'}`, (stage) => stage.card(good))) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('unpaid' as const, 'unpaid' as const, 'canceled' as const).map((status) => step(`no more tries: ${status}`, (stage) => stage.giveUp(status))),
  },
  // Else it takes too many steps to get there.
  { weight: 2, arbitrary: fc.constant(step('the card refuses at the end of the period', (stage) => stage.card(false).then(() => stage.pass(31, 0)))) },
  { weight: 2, arbitrary: fc.constant(step('pay what is owed', (stage) => stage.pay())) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(0.5, 3, 16, 31, 70), fc.constantFrom(0, 0, 1, 2))
      .map(([days, runs]) => step(`${days} days, ${runs} runs`, (stage) => stage.pass(days, runs))),
  },
  {
    weight: 9,
    arbitrary: fc
      .tuple(few, fc.constantFrom('first' as const, 'first' as const, 'last' as const, 'shuffled' as const, 'at once' as const), fc.boolean())
      .map(([count, order, twice]) => step(`events: ${count}, ${order}${twice ? ', twice' : ''}`, (stage) => stage.post.deliver(count, order, twice))),
  },
  { weight: 1, arbitrary: fc.constant(step('events that were handled come again', (stage) => stage.post.repeat())) },
  { weight: 3, arbitrary: sold.map((agreed) => step(`an event is overtaken by ${told(agreed)}`, (stage) => stage.overtake(agreed))) },
  { weight: 1, arbitrary: few.map((count) => step(`${count} events are lost`, (stage) => stage.lose(count))) },
  { weight: 1, arbitrary: fc.constant(step('the night', (stage) => stage.night())) },
);
