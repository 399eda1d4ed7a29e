import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { JobRegistryService } from '../../src/jobs/job-registry.service.js';
import { EventsSince } from '../audit/events-since.js';
import { jobs, type ExpectedOfJob, type JobStage } from '../audit/jobs.js';
import { runJob } from '../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
let stage: JobStage;
let events: EventsSince;
beforeAll(async () => {
  database = await scratchDatabase();
  // Without what the server makes up for at its start, which may still be at it.
  server = await startTestServer({ JOBS_ENABLED: 'false', UNVERIFIED_ACCOUNT_DAYS: '90' }, database);
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  events = new EventsSince(look);
  stage = { world: server.world, look };
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
});

/** Runs a job for the present period, of which it is forgotten that it was done. */
async function run(name: string): Promise<void> {
  await look.query('delete from job_runs where job = $1', [name]);
  expect(await runJob(server.app, name, new Date())).toMatchObject({ outcome: 'done' });
}

describe('every job', () => {
  it('every job is in the table of this test', () => {
    expect(
      server.app
        .get(JobRegistryService)
        .all()
        .map(({ name }) => name),
    ).toEqual(Object.keys(jobs).toSorted());
  });

  it.each(Object.entries(jobs))('%s leaves one event in each chain that it changes, as the job’s', async (name, prepare) => {
    await run(name); // what others have left
    const expected = await prepare(stage);
    await events.begin();
    await run(name);
    const found = await events.end();
    expect(found.map(({ organization_id: home }) => home).toSorted()).toEqual(expected.map(({ organizationId }) => organizationId).toSorted());
    for (const wanted of expected) {
      const event = found.find(({ organization_id: home }) => home === wanted.organizationId);
      expect(event).toMatchObject({ actor_kind: 'job', actor_id: name, action: `job ${name}`, outcome: 'done', target_table: wanted.table, ...toldOf(wanted) });
    }
  });

  it.each(Object.keys(jobs))('%s that finds nothing to do leaves no event', async (name) => {
    await run(name);
    await events.begin();
    await run(name);
    expect(await events.end()).toEqual([]);
  });
});

/** The expected changes of the event; none after the organization is erased. */
function toldOf({ table, operation, before, after, tables = [] }: ExpectedOfJob): object {
  if (before === undefined && after === undefined) return { listed: [{ table, operation: 'delete', before: null, after: null }] };
  return {
    listed: expect.arrayContaining([
      expect.objectContaining({ table, operation, ...rowOf('before', before), ...rowOf('after', after) }),
      ...tables.map((each) => expect.objectContaining({ table: each })),
    ]),
  };
}

const rowOf = (side: 'before' | 'after', row: Record<string, unknown> | undefined): object => (row === undefined ? {} : { [side]: expect.objectContaining(row) });
