import { expect } from '@jest/globals';
import type { Replicas } from '../replicas.js';

const batchSize = 40;
const day = 24 * 3_600_000;
const today = Date.now();

export interface Event {
  readonly id: string;
  readonly meter: string;
  readonly quantity: number;
  readonly occurredAt: string;
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The events of a batch. A third of them are in the batch before it too, under the same ids, and two senders send the same. */
export function batchOf(sender: number, number: number): Event[] {
  const first = Math.floor(number * batchSize * (2 / 3));
  return Array.from({ length: batchSize }, (_, index) => {
    const serial = first + index;
    const occurredAt = new Date(today - (serial % 3) * day - (serial % 5 === 0 ? 31 * day : 0)).toISOString();
    return { id: `pair${Math.floor(sender / 2)}-${serial}`, meter: serial % 7 === 0 ? 'quizzes' : 'tokens', quantity: 1 + (serial % 11), occurredAt };
  });
}

/** Sends a batch to one replica after the other until it is acknowledged. Returns the number of attempts. */
export async function deliver(replicas: Replicas, events: readonly Event[], first: number): Promise<{ attempts: number; accepted: number }> {
  const deadline = Date.now() + 30_000;
  for (let attempt = 1; Date.now() < deadline; attempt += 1) {
    const answer = await replicas
      .owner(first + attempt)
      .post('/usage/events', { events })
      .catch(() => undefined);
    if (answer?.status === 200) return { attempts: attempt, accepted: answer.body.accepted };
    if (answer !== undefined && answer.status < 500) throw new Error(answer.text);
    await pause(20);
  }
  throw new Error('no replica has acknowledged a batch for half a minute');
}

const expected = (events: Iterable<Event>, keyOf: (event: Event) => string): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const event of events) sums[keyOf(event)] = (sums[keyOf(event)] ?? 0) + event.quantity;
  return sums;
};

const sums = async (replicas: Replicas, sql: string): Promise<Record<string, number>> =>
  Object.fromEntries((await replicas.rows<{ key: string; sum: number }>(sql)).map(({ key, sum }) => [key, sum]));

/** Ledger, totals and days contain exactly the sent events. */
export async function expectExactly(replicas: Replicas, sent: ReadonlyMap<string, Event>): Promise<void> {
  const kept = await replicas.rows<{ id: string; quantity: number }>('select id, quantity::integer from usage_events');
  expect(new Map(kept.map(({ id, quantity }) => [id, quantity]))).toEqual(new Map([...sent.values()].map(({ id, quantity }) => [id, quantity])));
  expect(await sums(replicas, `select meter || ' ' || to_char(period_start at time zone 'UTC', 'YYYY-MM') as key, used::integer as sum from meter_totals where used > 0`)).toEqual(
    expected(sent.values(), ({ meter, occurredAt }) => `${meter} ${occurredAt.slice(0, 7)}`),
  );
  expect(await sums(replicas, `select meter || ' ' || day as key, sum(quantity)::integer as sum from usage_days group by 1`)).toEqual(
    expected(sent.values(), ({ meter, occurredAt }) => `${meter} ${occurredAt.slice(0, 10)}`),
  );
}
