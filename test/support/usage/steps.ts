import fc from 'fast-check';
import type { Ledger } from './ledger.js';
import type { Entry, MeterName } from './meters.js';
import type { Reference } from './reference.js';

const hour = 3_600_000;
const counters = ['tokens', 'runs', 'peak', 'visitors'] as const;
const id = fc.nat(40).map((number) => `e${number}`);
const units = fc.integer({ min: 1, max: 7 });
const plain = fc.record({
  id,
  meter: fc.constantFrom(...counters),
  quantity: units,
  hoursAgo: fc.constantFrom(0, 0, 1, 30, 24 * 6),
  subject: fc.constantFrom('ada', 'bob', 'eve'),
});
const correction = fc.record({ id, meter: fc.constantFrom(...counters, 'disk' as const), corrects: id, quantity: fc.option(units.map((quantity) => -quantity)) });

/** Anything that may happen. */
export const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      plain: fc.uniqueArray(plain, { maxLength: 6, selector: (event) => event.id }),
      corrections: fc.array(correction, { maxLength: 2 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('consume' as const), id, meter: fc.constantFrom<MeterName>('tokens', 'disk'), quantity: units }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), id, quantity: units.map((quantity) => -quantity) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('correct' as const), correction }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reserve' as const), quantity: units, ttl: fc.constantFrom(60, 7200, 90_000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), which: fc.nat(5), quantity: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('give up' as const), which: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      meter: fc.constantFrom<MeterName>(...counters, 'disk'),
      amount: units,
      hours: fc.option(fc.integer({ min: 1, max: 300 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), which: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 1, 3, 26, 100, 400) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A correction of all of an event, when it does not say of how much. */
function correcting(model: Reference, { quantity, ...rest }: { id: string; meter: MeterName; corrects: string; quantity: number | null }): Entry {
  return { ...rest, quantity: quantity ?? -(model.state.ledger.get(rest.corrects)?.quantity ?? 1), occurredAt: model.now };
}

async function grant(model: Reference, { organization, platform }: Ledger, { meter, amount, hours }: Extract<Step, { do: 'grant' }>): Promise<void> {
  const expiresAt = hours === null ? null : new Date(model.now.getTime() + hours * hour + model.state.grants.length);
  model.state.grants.push({ meter, amount, expiresAt: expiresAt?.getTime() ?? Infinity, burnt: 0, revoked: false });
  await platform.query(
    `insert into usage_grants (organization_id, id, meter, amount, source, expires_at, created_at, reason) values ($1, gen_random_uuid(), $2, $3, 'given', $4, $5, $6)`,
    [organization, meter, amount, expiresAt, new Date(model.now.getTime() + model.state.grants.length), `grant ${model.state.grants.length}`],
  );
}

async function revoke(model: Reference, { organization, platform }: Ledger, which: number): Promise<void> {
  const own = model.state.grants[which];
  if (own === undefined) return;
  own.revoked = true;
  await platform.query('update usage_grants set revoked_at = $3 where organization_id = $1 and reason = $2', [organization, `grant ${which + 1}`, model.now]);
}

type Answers = readonly [actual: unknown, expected: unknown];
type Act<Kind> = (action: Extract<Step, { do: Kind }>, model: Reference, ledger: Ledger) => Promise<Answers | void>;

const reservationOf = (model: Reference, which: number): string | undefined => model.state.reservations[which]?.id;

const acts: { readonly [Kind in Step['do']]: Act<Kind> } = {
  record: async (action, model, ledger) => {
    const { now } = model;
    const entries = action.plain.map(({ hoursAgo, ...event }) => ({ ...event, occurredAt: new Date(now.getTime() - hoursAgo * hour) }));
    const corrections = action.corrections.map((each) => correcting(model, each));
    return [await ledger.record(entries, corrections, now), model.record(entries, corrections)];
  },
  consume: async (action, model, ledger) => {
    const entry = { ...action, occurredAt: model.now };
    return [await ledger.consume(entry, model.now), model.consume(entry)];
  },
  release: async (action, model, ledger) => {
    const entry: Entry = { ...action, meter: 'disk', occurredAt: model.now };
    return [await ledger.release(entry, model.now), model.release(entry)];
  },
  correct: async (action, model, ledger) => {
    const event = correcting(model, action.correction);
    return [await ledger.correct(event, model.now), model.correct(event)];
  },
  reserve: async ({ quantity, ttl }, model, ledger) => {
    const reservation = await ledger.reserve(quantity, ttl, model.now);
    const room = model.roomFor(quantity);
    if (reservation !== null) model.reserve(reservation, quantity, ttl);
    return [reservation !== null, room];
  },
  commit: async ({ which, quantity }, model, ledger) => {
    const own = reservationOf(model, which);
    return own === undefined ? undefined : [await ledger.commit(own, quantity, model.now), model.commit(own, quantity)];
  },
  'give up': async ({ which }, model, ledger) => {
    const own = reservationOf(model, which);
    return own === undefined ? undefined : [await ledger.giveUp(own, model.now), model.giveUp(own)];
  },
  grant: async (action, model, ledger) => grant(model, ledger, action),
  revoke: async ({ which }, model, ledger) => revoke(model, ledger, which),
  wait: async ({ hours }, model) => void (model.now = new Date(model.now.getTime() + hours * hour)),
};

/** Does the same in both worlds; the two answers. */
export async function take(action: Step, model: Reference, ledger: Ledger): Promise<Answers> {
  model.expire();
  return (await acts[action.do](action as never, model, ledger)) ?? [undefined, undefined];
}
