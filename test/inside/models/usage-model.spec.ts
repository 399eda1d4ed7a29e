import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { itInBothRuns, rounds, seed } from '../../support/rounds.js';
import { Ledger } from '../../support/usage/ledger.js';
import { rules, type MeterName } from '../../support/usage/meters.js';
import { Reference } from '../../support/usage/reference.js';
import { step, take } from '../../support/usage/steps.js';

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

async function newLedger(): Promise<Ledger> {
  const organization = randomUUID();
  await platform.query(`insert into organizations (id, name, slug, plan) values ($1, 'Model', $2, 'free')`, [organization, `model-${organization}`]);
  return Ledger.open(database.app, organization, platform);
}

async function agree(model: Reference, ledger: Ledger): Promise<void> {
  model.expire();
  await ledger.expire(model.now);
  const totals = await ledger.rows<{ meter: MeterName; period: string; used: string; held: string; from_grants: string }>(
    `select meter, to_char(period_start at time zone 'UTC', 'YYYY-MM-DD') as period, used, held, from_grants from meter_totals`,
  );
  const expected = totals.map(({ meter, period }) => ({
    meter,
    period,
    used: String(model.used(meter, period)),
    held: String(meter === 'tokens' ? model.held(period) : 0),
    from_grants: String(model.fromGrants(meter, period)),
  }));
  expect(totals).toEqual(expected);
  const known = new Set(totals.map(({ meter, period }) => `${meter} ${period}`));
  for (const entry of model.state.ledger.values()) expect(known).toContain(`${entry.meter} ${entry.period}`);
  const grants = await ledger.rows<{ burnt: string }>(`select burnt from usage_grants order by substring(reason from 7)::integer`);
  expect(grants.map(({ burnt }) => Number(burnt))).toEqual(model.state.grants.map(({ burnt }) => burnt));
  expect(await days(ledger)).toEqual(expectedDays(model));
}

const days = async (ledger: Ledger): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await ledger.rows<{ key: string; quantity: string }>(`select meter || ' ' || day as key, quantity from usage_days order by 1`)).map(({ key, quantity }) => [
      key,
      Number(quantity),
    ]),
  );

function expectedDays(model: Reference): Record<string, number> {
  const entries = [...model.state.ledger.values()];
  const corrected = new Set(entries.map(({ corrects }) => corrects));
  const sums: Record<string, number> = {};
  for (const { id: own, meter, occurredAt, quantity, corrects } of entries) {
    const key = `${meter} ${occurredAt.toISOString().slice(0, 10)}`;
    const { aggregation } = rules[meter];
    const standing = corrects === undefined && !corrected.has(own);
    sums[key] ??= 0;
    if (aggregation === 'sum') sums[key] += quantity;
    else if (standing) sums[key] = aggregation === 'max' ? Math.max(sums[key], quantity) : sums[key] + 1;
  }
  return Object.fromEntries(Object.entries(sums).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe('metering', () => {
  itInBothRuns(
    'metering equals its reference model after each step of a random sequence',
    async () => {
      const sequences = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
        const [model, ledger] = [new Reference(), await newLedger()];
        try {
          for (const action of steps) {
            const [actual, expected] = await take(action, model, ledger);
            expect({ action, answer: actual }).toEqual({ action, answer: expected });
            await agree(model, ledger);
          }
        } finally {
          await ledger.end();
        }
      });
      await fc.assert(sequences, { numRuns: Number(process.env['TENANTRY_MODEL_RUNS'] ?? rounds(5, 30)), seed });
    },
    120_000,
  );
});
