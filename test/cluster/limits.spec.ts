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
  for (const table of ['usage_events', 'usage_days', 'usage_thresholds', 'meter_totals', 'projects']) await replicas.rows(`delete from ${table}`);
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

  it.each(rounds)('concurrent calls of a route with @ConsumesQuota get exactly the available units (round %i)', async (round) => {
    const left = round;
    await startAnew('projects', 30 - left);
    const answers = await replicas.crowd(crowd, (owner, number) => owner.post(`${replicas.home}/projects`, { name: `Project ${number}` }));
    expect(tally(answers)).toEqual({ 201: left, 402: crowd - left });
    expect(await replicas.rows('select count(*)::integer from projects')).toEqual([{ count: left }]);
    expect(await ledger('projects')).toEqual([{ used: 30, held: 0, noted: 30 }]);
  });
});

describe('a route that consumes', () => {
  it('a route returns its unit when it fails, and when the created record is deleted', async () => {
    await startAnew('projects', 0);
    const owner = replicas.owner(0);
    const used = async (): Promise<unknown> => (await replicas.rows<{ used: number }>(`select used::integer from meter_totals where meter = 'projects'`))[0]?.used;
    const { body } = await owner.post(`${replicas.home}/projects`, { name: 'Stays' });
    expect((await owner.post(`${replicas.home}/projects`, { name: 'Fails', assigneeId: '00000000-0000-4000-8000-000000000000' })).status).toBe(422);
    expect(await used()).toBe(1);
    expect((await owner.delete(`${replicas.home}/projects/${body.id}`)).status).toBe(204);
    expect((await owner.delete(`${replicas.home}/projects/${body.id}`)).status).toBe(404);
    expect(await used()).toBe(0);
  });
});
