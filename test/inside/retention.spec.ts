import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PlatformDb } from '../../src/database/platform-db.js';
import { deleteExpiredRows, mostExpired } from '../../src/jobs/expired-rows.queries.js';
import { JobRegistryService } from '../../src/jobs/job-registry.service.js';
import { RetentionPreviewService } from '../../src/jobs/retention-preview.service.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  await database.alter(
    `create table _drafts (organization_id uuid not null references organizations (id) on delete cascade, id uuid not null default gen_random_uuid(), user_id uuid, changed_at timestamptz not null default now(), primary key (organization_id, id))`,
    `select app.protect_tenant_table('_drafts')`,
  );
  server = await startTestServer({}, database);
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
});
afterAll(async () => {
  await look.end();
  await server.close();
  await database.drop();
});

const rowsOf = async (table: string): Promise<number> => (await look.query<{ rows: number }>(`select count(*)::int as rows from ${table}`)).rows[0]?.rows ?? 0;

describe('the retention of data', () => {
  it('is previewed for every job that destroys data, and the preview changes nothing', async () => {
    const { email } = await server.world.signUp();
    await server.mailbox.waitFor(email, 'Confirm');
    await look.query(`update mail_messages set status = 'sent', created_at = now() - interval '31 days'`);
    await look.query(`update sessions set expires_at = now() - interval '31 days'`);
    const [mails, sessions] = [await rowsOf('mail_messages'), await rowsOf('sessions')];
    const previews = await server.app.get(RetentionPreviewService).preview();
    const destroying = server.app
      .get(JobRegistryService)
      .all()
      .filter(({ mayDelete }) => mayDelete !== undefined);
    expect(previews.map(({ job }) => job)).toEqual(destroying.map(({ name }) => name));
    expect(previews.filter(({ trouble }) => trouble !== null)).toEqual([]);
    expect(previews).toContainEqual({ job: 'purge-mail', deleted: { mail_messages: mails }, trouble: null });
    expect(previews.find(({ job }) => job === 'purge-sessions')?.deleted).toMatchObject({ sessions });
    expect([await rowsOf('mail_messages'), await rowsOf('sessions')]).toEqual([mails, sessions]);
  });

  it('that a product declares deletes its expired rows in batches, and none under a legal hold', async () => {
    const [a, b] = await server.world.twoTenants();
    const person = await server.world.member(b);
    const expired = `insert into _drafts (organization_id, user_id, changed_at) select $1::uuid, $2::uuid, now() - interval '8 days' from generate_series(1, $3::int)`;
    await look.query(expired, [a.organizationId, null, 3]);
    await look.query(expired, [b.organizationId, person.userId, 2]);
    await look.query(expired, [b.organizationId, null, mostExpired + 5]);
    await look.query('insert into _drafts (organization_id) values ($1)', [b.organizationId]);
    for (const [kind, id] of [
      ['organization', a.organizationId],
      ['user', person.userId],
    ])
      await look.query(`insert into legal_holds (id, kind, subject_id, reason) values (gen_random_uuid(), $1, $2, 'Case 4711')`, [kind, id]);
    const run = (): Promise<number> => server.app.get<PlatformDb>(PlatformDb).$transaction((tx) => deleteExpiredRows(tx, '_drafts', { column: 'changed_at', days: 7 }, new Date()));
    expect([await run(), await run(), await run()]).toEqual([mostExpired, 5, 0]);
    expect(await rowsOf('_drafts')).toBe(3 + 2 + 1);
  });
});
