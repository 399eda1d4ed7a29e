import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Replicas, tally } from '../support/replicas.js';

const crowd = 200;
const rounds = Array.from({ length: 20 }, (_, index) => index + 1);

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start(3, { CATALOG: 'test/catalogs/cluster.yaml' });
}, 60_000);
afterAll(() => replicas.end());

/** Resets all usage, except for a number of units of one meter. */
async function startAnew(meter: string, used: number): Promise<void> {
  for (const table of ['usage_events', 'usage_days', 'usage_thresholds', 'meter_totals']) await replicas.rows(`delete from ${table}`);
  if (used === 0) return;
  const { status, text } = await replicas.owner(0).post('/usage/consume', { meter, quantity: used });
  if (status !== 200) throw new Error(text);
}

const ledger = async (meter: string): Promise<unknown[]> =>
  replicas.rows(
    `select t.used::integer, t.held::integer, (select coalesce(sum(e.quantity), 0)::integer from usage_events e where e.meter = $1) as noted from meter_totals t where t.meter = $1`,
    meter,
  );

describe(`of ${crowd} concurrent callers on three replicas, exactly as many get a unit as are available:`, () => {
  it.each(rounds)('concurrent calls of POST /usage/consume get exactly the available units (round %i)', async (round) => {
    const left = 3 * round;
    await startAnew('quizzes', 70 - left);
    const answers = await replicas.crowd(crowd, (owner) => owner.post('/usage/consume', { meter: 'quizzes' }));
    expect(tally(answers)).toEqual({ 200: left, 402: crowd - left });
    expect(await ledger('quizzes')).toEqual([{ used: 70, held: 0, noted: 70 }]);
  });
});
