import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Replicas, tally } from '../support/replicas.js';

const crowd = 200;
const rounds = Array.from({ length: 20 }, (_, index) => index + 1);

let replicas: Replicas;
beforeAll(async () => {
  replicas = await Replicas.start(3, { CATALOG: 'test/catalogs/projects.yaml' });
}, 60_000);
afterAll(() => replicas.end());

/** Makes projects until a number of units is left. */
async function startAnew(left: number): Promise<void> {
  for (const table of ['usage_events', 'usage_days', 'usage_thresholds', 'meter_totals', 'projects']) await replicas.rows(`delete from ${table}`);
  for (let made = left; made < 30; made += 1) expect((await replicas.owner(0).post(`${replicas.home}/projects`, { name: 'Earlier' })).status).toBe(201);
}

const ledger = async (): Promise<unknown[]> =>
  replicas.rows(
    `select t.used::integer, t.held::integer, (select coalesce(sum(e.quantity), 0)::integer from usage_events e where e.meter = 'projects') as noted
     from meter_totals t where t.meter = 'projects'`,
  );

describe(`of ${crowd} concurrent callers on three replicas, exactly as many make a project as are available:`, () => {
  it.each(rounds)('concurrent calls of a route with @ConsumesQuota get exactly the available units (round %i)', async (left) => {
    await startAnew(left);
    const answers = await replicas.crowd(crowd, (owner, number) => owner.post(`${replicas.home}/projects`, { name: `Project ${number}` }));
    expect(tally(answers)).toEqual({ 201: left, 402: crowd - left });
    expect(await replicas.rows('select count(*)::integer from projects')).toEqual([{ count: 30 }]);
    expect(await ledger()).toEqual([{ used: 30, held: 0, noted: 30 }]);
  });
});

describe('a route that consumes', () => {
  it('a route returns its unit when it fails, and when the created record is deleted', async () => {
    await startAnew(30);
    const owner = replicas.owner(0);
    const { body } = await owner.post(`${replicas.home}/projects`, { name: 'Stays' });
    expect((await owner.post(`${replicas.home}/projects`, { name: 'Fails', assigneeId: '00000000-0000-4000-8000-000000000000' })).status).toBe(422);
    expect(await ledger()).toMatchObject([{ used: 1 }]);
    expect((await owner.delete(`${replicas.home}/projects/${body.id}`)).status).toBe(204);
    expect((await owner.delete(`${replicas.home}/projects/${body.id}`)).status).toBe(404);
    expect(await ledger()).toMatchObject([{ used: 0 }]);
  });
});
