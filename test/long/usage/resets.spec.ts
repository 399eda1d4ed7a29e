import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { runTenantry, type Ended } from '../../support/command.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';
import { testSecret } from '../../support/secret.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import type { Person } from '../../support/world.js';
import { chained } from '../../support/audit.js';

const env = { CATALOG: 'test/catalogs/usage.yaml', JOBS_ENABLED: 'false' };
let folder: string;
let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-resets-'));
  database = await scratchDatabase();
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  server = await startTestServer(env, database);
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const reset = (...args: string[]): Promise<Ended> =>
  runTenantry(
    { ...env, NODE_ENV: 'test', APP_SECRET: testSecret, DATA_DIR: folder, DATABASE_URL: database.app, DATABASE_PLATFORM_URL: database.platform },
    'quota:reset',
    ...args,
    '--json',
  );
const used = async (who: Person): Promise<Record<string, number>> =>
  Object.fromEntries((await who.api.get('/tenant/limits')).body.data.map(({ meter, used: units }: { meter: string; used: number }) => [meter, units]));
const report = (who: Person, ...events: object[]): Promise<{ status: number; body: any }> => who.api.post('/usage/events', { events });
const rows = async (text: string, who: Person): Promise<any[]> => (await look.query(text, [who.organizationId])).rows;

describe('tenantry quota:reset', () => {
  it('quota:reset takes back the usage by correcting events, and nothing else', async () => {
    const [owner, other] = await server.world.twoTenants();
    const id = randomUUID();
    for (const who of [owner, other]) {
      await who.api.post('/usage/consume', { id: who === owner ? id : randomUUID(), meter: 'quizzes', quantity: 7 });
      await who.api.post('/usage/consume', { meter: 'disk', quantity: 2 });
      await report(who, { id: `${who.slug} 1`, meter: 'peak', quantity: 50 }, { id: `${who.slug} 2`, meter: 'visitors', subject: 'ada' }, { id: `${who.slug} 3`, meter: 'runs' });
    }
    await owner.api.post('/usage/reservations', { meter: 'quizzes', quantity: 2, ttlSeconds: 600 });
    const { code, out, err } = await reset('--tenant', owner.slug, '--reason', 'Incident 12', '--yes');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out).meters).toEqual(
      expect.arrayContaining([
        { meter: 'quizzes', units: 7 },
        { meter: 'peak', units: 50 },
        { meter: 'visitors', units: 1 },
        { meter: 'tokens', units: 0 },
      ]),
    );
    expect(await used(owner)).toMatchObject({ quizzes: 0, peak: 0, visitors: 0, runs: 0, disk: 2 });
    expect(await used(other)).toMatchObject({ quizzes: 7, peak: 50, visitors: 1, runs: 1, disk: 2 });
    const ledger = await rows(`select meter, quantity::int, metadata from usage_events where organization_id = $1 and id like 'reset:%' order by meter`, owner);
    expect(ledger.map(({ meter, quantity }) => `${meter} ${quantity}`)).toEqual(['peak -50', 'quizzes -7', 'runs -1', 'visitors -1']);
    expect(ledger[0].metadata).toEqual({ kind: 'correction', reason: 'Incident 12' });
    // Held units stay held, and reset usage cannot be corrected.
    expect((await owner.api.post('/usage/consume', { meter: 'quizzes', quantity: 9 })).status).toBe(402);
    expect((await owner.api.post('/usage/consume', { meter: 'quizzes', quantity: 8 })).status).toBe(200);
    expect((await report(owner, { id: randomUUID(), meter: 'quizzes', quantity: -7, corrects: id })).body.errors[0].code).toBe('correction_too_late');
    await report(owner, { id: randomUUID(), meter: 'visitors', subject: 'ada' }, { id: randomUUID(), meter: 'peak', quantity: 30 });
    expect(await used(owner)).toMatchObject({ quizzes: 8, visitors: 1, peak: 30 });
  });

  it('quota:reset is audited as an action of the operator, and thresholds can be reached again', async () => {
    const owner = await server.world.owner();
    const reached = async (): Promise<number> => (await rows('select 1 from usage_thresholds where organization_id = $1', owner)).length;
    await owner.api.post('/usage/consume', { meter: 'quizzes', quantity: 8 });
    expect(await reached()).toBe(1);
    expect((await reset('--tenant', owner.organizationId, '--meter', 'quizzes', '--yes')).code).toBe(0);
    expect(await reached()).toBe(0);
    await owner.api.post('/usage/consume', { meter: 'quizzes', quantity: 8 });
    expect(await reached()).toBe(1);
    await chained(look);
    const events = await rows(`select e.actor_kind, e.details as changes from audit.events e where e.organization_id = $1 and e.action = 'cli quota:reset'`, owner);
    expect(events).toHaveLength(1);
    expect(events[0].actor_kind).toBe('operator');
    expect(events[0].changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ table: 'meter_totals', before: { meter: 'quizzes', used: 8 }, after: { meter: 'quizzes', used: 0 } }),
        expect.objectContaining({ table: 'usage_thresholds', operation: 'delete' }),
      ]),
    );
  });

  it('quota:reset restores grants, asks for confirmation, and refuses meters that it cannot reset', async () => {
    const owner = await server.world.owner();
    await look.query(`insert into usage_grants (organization_id, id, meter, amount, source) values ($1, gen_random_uuid(), 'quizzes', 5, 'given')`, [owner.organizationId]);
    await owner.api.post('/usage/consume', { meter: 'quizzes', quantity: 13 });
    expect((await reset('--tenant', owner.slug)).code).toBe(2);
    expect(await used(owner)).toMatchObject({ quizzes: 13 });
    expect((await reset('--tenant', owner.slug, '--meter', 'quizzes', '--yes')).code).toBe(0);
    expect(await rows('select burnt::int from usage_grants where organization_id = $1', owner)).toEqual([{ burnt: 0 }]);
    const codeOf = async (...args: string[]): Promise<unknown> => JSON.parse((await reset(...args, '--yes')).out).error.code;
    expect(await codeOf('--tenant', owner.slug, '--meter', 'disk')).toBe('wrong_meter');
    expect(await codeOf('--tenant', owner.slug, '--meter', 'nothing')).toBe('unknown_meter');
    expect((await reset('--tenant', 'nobody-here', '--yes')).code).toBe(3);
  });
});
