import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { Ledger } from '../../support/usage/ledger.js';
import { rules, type Entry, type MeterName } from '../../support/usage/meters.js';

const connections = 50;
const milliseconds = 6000;
const names = ['tokens', 'runs', 'peak', 'visitors'] as const;
const draw = (below: number): number => Math.floor(Math.random() * below);
const pick = <Item>(list: readonly Item[]): Item => list[draw(list.length)] as Item;

let database: ScratchDatabase;
let platform: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  platform = new pg.Client({ connectionString: database.platform });
  await platform.connect();
});
afterAll(async () => {
  await platform.end();
  await database.drop();
});

/** An event of now or of another month, whose id comes up again and again, in other calls and for other meters too. */
function drawn(now: Date): Entry {
  const occurredAt = new Date(now.getTime() - pick([0, 0, 24 * 25 * 3_600_000]));
  return { id: `e${draw(3000)}`, meter: pick(names), quantity: 1 + draw(3), occurredAt, subject: `s${draw(5)}` };
}

const correction = (entry: Entry): Entry => ({ ...entry, id: `c${draw(3000)}`, corrects: `e${draw(3000)}`, quantity: -entry.quantity });

async function act(ledger: Ledger, reservations: string[]): Promise<void> {
  const now = new Date();
  const [entry, own] = [drawn(now), pick([...reservations, randomUUID()])];
  switch (draw(8)) {
    case 0:
      return void (await ledger.correct(correction(entry), now));
    case 1:
    case 2:
      return void (await ledger.consume({ ...entry, meter: pick(['tokens', 'disk']), occurredAt: now }, now));
    case 3:
      return void (await ledger.release({ ...entry, quantity: -1 }, now));
    case 4:
      return void reservations.push((await ledger.reserve(1 + draw(3), 1, now)) ?? own);
    case 5:
      return void (await (draw(2) === 0 ? ledger.commit(own, draw(4), now) : ledger.giveUp(own, now)));
    case 6:
      return void (await ledger.expire(now));
    default:
      return void (await ledger.record(
        Array.from({ length: 1 + draw(20) }, () => drawn(now)),
        Array.from({ length: draw(3) }, () => correction(drawn(now))),
        now,
      ));
  }
}

/** Works on one connection until the time is over. Returns the codes of errors. */
async function worker(organization: string, reservations: string[], until: number): Promise<{ calls: number; errors: string[] }> {
  const ledger = await Ledger.open(database.app, organization, platform);
  const errors: string[] = [];
  let calls = 0;
  for (; performance.now() < until; calls += 1) {
    await act(ledger, reservations).catch((error: unknown) => errors.push(error instanceof pg.DatabaseError ? `${String(error.code)} ${error.message}` : String(error)));
  }
  await ledger.end();
  return { calls, errors };
}

/** The sums of the ledger by meter and month, with the stored totals. */
const differences = `
  with standing as (
    select e.*, e.corrects is null and not exists (select from usage_events c where c.organization_id = e.organization_id and c.corrects = e.id) as stands from usage_events e where e.organization_id = $1),
  counted as (
    select s.meter, s.period_start,
           case $2::jsonb -> s.meter ->> 'aggregation'
             when 'count' then count(*) filter (where s.stands)
             when 'max' then coalesce(max(s.quantity) filter (where s.stands), 0)
             when 'unique' then count(distinct s.subject) filter (where s.stands)
             else sum(s.quantity) end as units
      from standing s group by 1, 2),
  held as (select r.meter, r.period_start, sum(r.quantity) as units from usage_reservations r where r.organization_id = $1 and r.status = 'open' group by 1, 2)
  select meter, period_start, t.used, t.held, c.units as counted, h.units as really_held
    from (select * from meter_totals where organization_id = $1) t full join counted c using (meter, period_start) left join held h using (meter, period_start)
   where t.used - t.held <> coalesce(c.units, 0) or t.held <> coalesce(h.units, 0) or t.used is null`;

/** The daily sums of `sum` meters, with those of the ledger. */
const wrongDays = `
  select day, meter, d.quantity, l.quantity as counted
    from (select day, meter, sum(quantity) as quantity from usage_days where organization_id = $1 group by 1, 2) d
    full join (select (occurred_at at time zone 'UTC')::date as day, meter, sum(quantity) as quantity from usage_events where organization_id = $1 group by 1, 2) l using (day, meter)
   where meter in ('tokens', 'disk') and d.quantity is distinct from l.quantity`;

describe(`${connections} connections that count on the same meters, with the same ids`, () => {
  it('concurrent connections on the same meters do not deadlock, and count exactly', async () => {
    const organization = randomUUID();
    await platform.query(`insert into organizations (id, name, slug, plan) values ($1, 'Busy', $2, 'free')`, [organization, `busy-${organization}`]);
    const meters: readonly MeterName[] = ['tokens', 'disk', 'runs'];
    for (const meter of meters)
      await platform.query(`insert into usage_grants (organization_id, id, meter, amount, source) values ($1, gen_random_uuid(), $2, 500, 'given')`, [organization, meter]);
    const reservations: string[] = [];
    const until = performance.now() + milliseconds;
    const results = await Promise.all(Array.from({ length: connections }, () => worker(organization, reservations, until)));
    expect(results.flatMap(({ errors }) => errors)).toEqual([]);
    expect(results.reduce((sum, { calls }) => sum + calls, 0)).toBeGreaterThan(500);
    expect((await platform.query(differences, [organization, JSON.stringify(rules)])).rows).toEqual([]);
    expect((await platform.query(wrongDays, [organization])).rows).toEqual([]);
  });
});
