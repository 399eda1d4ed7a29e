import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import fc from 'fast-check';
import { edges } from '../../../src/modules/billing/terms/subscription-status.policy.js';
import type { SubscriptionStatus } from '../../../src/generated/prisma/client.js';
import { SetClock } from '../../support/jobs.js';
import { itInBothRuns, rounds, seed } from '../../support/rounds.js';
import { StripeWorld } from '../../support/stripe-world.js';
import type { Person } from '../../support/world.js';
import { StripeModel } from '../../support/billing/stripe-model.js';
import { StripeStage, type Step } from '../../support/billing/stripe-stage.js';
import { anyStep } from '../../support/billing/stripe-steps.js';
import { chained } from '../../support/audit.js';

// Random histories of one organization that pays by Stripe: what it does, what happens at Stripe, and how events come.

const histories = rounds(6, 400);
/** The few histories of the short run are all played, also on a slow machine. */
const budget = rounds(150_000, 25_000);
/** As printed by a failure: the path to one history. */
const { REPLAY } = process.env;
const clock = new SetClock(new Date(Math.floor(Date.now() / 1000) * 1000));
let world: StripeWorld;
let boss: Person;
/** Pays too, and has nothing to do with all of it. */
let other: Person;
beforeAll(async () => {
  // Events are processed by a step, and not by the queue.
  world = await StripeWorld.open(2, clock, { JOBS_ENABLED: 'false' });
  await world.database.alter(
    'create table _ways (position bigint generated always as identity, organization_id uuid, before text, after text)',
    'grant select on _ways to public',
    `create function note_way() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
       begin insert into _ways (organization_id, before, after) values (new.organization_id, old.status, new.status); return null; end $$`,
    `create trigger note_way after update on subscriptions for each row when (old.status is distinct from new.status) execute function note_way()`,
  );
  boss = await world.server.world.owner();
  other = await world.server.world.owner();
  const stage = stageOf(other.organizationId);
  await stage.buys({ plan: 'team', interval: 'month', seats: 4 });
  await stage.settle();
}, 120_000);
afterAll(() => world.close());

const stageOf = (organizationId: string): StripeStage => new StripeStage(world, clock, organizationId, new StripeModel(clock.now().getTime()));
const rowsOf = async (table: string, organizationId: string): Promise<unknown[]> =>
  (await world.look.query(`select to_jsonb(t) as row from ${table} t where organization_id = $1 order by 1`, [organizationId])).rows;
async function everythingOf(id: string): Promise<unknown[]> {
  const all: unknown[] = [];
  await chained(world.look);
  for (const table of ['subscriptions', 'invoices', 'domain_events', 'audit.events']) all.push(await rowsOf(table, id));
  return all;
}

describe('a random history with Stripe', () => {
  itInBothRuns(
    `a random history with Stripe equals the reference model after each step (up to ${histories} histories, within ${budget / 1000} s)`,
    async () => {
      const tried = new Set<string>();
      const others = await everythingOf(other.organizationId);
      let runs = 0;
      const play = async (history: readonly Step[]): Promise<void> => {
        runs += 1;
        const { id } = (await boss.api.post('/organizations', { name: world.server.world.unique('org') })).body;
        const stage = stageOf(id);
        try {
          for (const step of history) await stage.take(step);
          await stage.settle();
          const { rows } = await world.look.query<{ before: SubscriptionStatus; after: SubscriptionStatus }>('select before, after from _ways where organization_id = $1', [id]);
          for (const { before, after } of rows) tried.add(`${before} → ${after}`);
          expect(rows.filter(({ before, after }) => !edges[before].includes(after))).toEqual([]);
          expect(await everythingOf(other.organizationId)).toEqual(others);
        } finally {
          await stage.forget();
        }
      };
      let played = Promise.resolve();
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { minLength: 6, maxLength: 24, size: 'max' }), (history) => (played = play(history))),
        { numRuns: histories, interruptAfterTimeLimit: budget, seed, ...(REPLAY === undefined ? {} : { path: REPLAY }) },
      );
      // When the time is over, the last one still runs to its end.
      await played;
      process.stdout.write(`${runs} histories; ways gone: ${[...tried].sort().join(', ')}\n`);
      expect(runs).toBeGreaterThan(REPLAY === undefined ? 5 : 0);
    },
    180_000,
  );
});
