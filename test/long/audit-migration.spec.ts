import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import pg from 'pg';
import { migrate } from '../../src/database/migrations/migrate.js';
import { PlatformPool } from '../../src/database/wire/platform-pool.js';
import { chained, logVerification } from '../support/audit.js';
import { testDatabase } from '../support/database.js';
import { migrateBefore } from '../support/earlier-migrations.js';
import { emptyDatabase } from '../support/scratch-database.js';

const oneStatement = '20261127005914_audit_in_one_statement';
const masksOfTables = '20261129161459_audit_masks_of_tables';
const masksByColumn = '20261129161458_audit_masks_by_column';

it('the events of a database with separate actors and details are kept, their chains continue, and queued tasks keep their place', async () => {
  const database = await emptyDatabase();
  const url = Object.assign(new URL(testDatabase().platform), { pathname: new URL(database.owner).pathname }).href;
  const platform = new pg.Client({ connectionString: url });
  const pool = new PlatformPool({ connectionString: url, max: 2 });
  const [organizationId, gone, userId] = [randomUUID(), randomUUID(), randomUUID()];
  try {
    await migrateBefore(database.owner, oneStatement);
    await platform.connect();
    await platform.query(`select set_config('app.audit', $1, false)`, [
      JSON.stringify({ actorKind: 'user', actorId: userId, actorName: 'Ada <ada@example.com>', ip: '192.0.2.1' }),
    ]);
    for (const id of [organizationId, gone]) await platform.query(`insert into organizations (id, name, slug, plan) values ($1, 'Org', $2, 'free')`, [id, `org-${id}`]);
    await platform.query(`insert into teams (organization_id, id, name) select o, gen_random_uuid(), 'P' || n from unnest($1::uuid[]) o, generate_series(1, 3) n`, [
      [organizationId, gone],
    ]);
    await platform.query(`insert into settings_documents (organization_id, id, section, document) values ($1, gen_random_uuid(), 'security', '{"auditLogsEnabled": true}')`, [
      organizationId,
    ]);
    await platform.query(`select audit.erase_person($1, '{}')`, [[userId]]);
    await platform.query(`update teams set name = name || '!' where organization_id = $1`, [organizationId]);
    await platform.query('delete from organizations where id = $1', [gone]);
    const read = async (): Promise<unknown[]> =>
      (await platform.query(`select organization_id, sequence, action, changes, encode(hash, 'hex') as hash from audit.events order by organization_id, sequence`)).rows;
    const before = await read();
    const queued = `select name, data, state from pgboss.job where data ->> 'id' = 'queued before'`;
    await platform.query(`insert into pgboss.job (name, data, state, retry_count) values ('provider_sweeps', '{"id":"queued before"}', 'retry', 2)`);

    await migrate(database.owner);

    expect(await read()).toEqual(before);
    expect((await platform.query(queued)).rows).toEqual([{ name: 'provider_tasks', data: { id: 'queued before' }, state: 'retry' }]);
    expect((await platform.query(`select from pgboss.queue where name = 'provider_sweeps'`)).rows).toEqual([]);
    await platform.query(`update teams set name = name || '?' where organization_id = $1`, [organizationId]);
    await chained(platform);
    const { chains } = await logVerification(pool).verifyLog();
    expect(chains.map(({ bad }) => bad)).toEqual(chains.map(() => undefined));
    expect(chains.find((chain) => chain.organizationId === organizationId)).toMatchObject({ events: 6, erased: 3 });
    const { rows } = await platform.query(
      `select actor_name, details #>> '{0,operation}' as operation, jsonb_array_length(details) as listed from audit.events where organization_id = $1 order by sequence`,
      [organizationId],
    );
    expect(rows.slice(-3)).toEqual([
      { actor_name: 'Ada <ada@example.com>', operation: 'delete', listed: 1 },
      { actor_name: 'Ada <ada@example.com>', operation: 'update', listed: 3 },
      { actor_name: 'Ada <ada@example.com>', operation: 'update', listed: 3 },
    ]);
    const always = await platform.query<{ triggers: string }>(
      `select string_agg(tgrelid::regclass::text, ' ' order by 1) as triggers from pg_trigger where tgname = 'audit' and tgnargs > 4 and split_part(encode(tgargs, 'escape'), '\\000', 5) <> '{}'`,
    );
    expect(always.rows[0]?.triggers?.split(' ').toSorted()).toEqual([
      'audit.log_retention',
      'break_glass_links',
      'consents',
      'domains',
      'entitlement_overrides',
      'organizations',
      'sessions',
      'settings_documents',
      'sso_connections',
    ]);
  } finally {
    await Promise.all([platform.end(), pool.end()]);
    await database.drop();
  }
});

it('a table of an installation keeps its trigger when the arguments of the triggers change, and it is as a new one', async () => {
  const database = await emptyDatabase();
  const owner = new pg.Client({ connectionString: database.owner });
  const platform = new pg.Client({ connectionString: Object.assign(new URL(testDatabase().platform), { pathname: new URL(database.owner).pathname }).href });
  const trigger = `select encode(tgargs, 'escape') as arguments from pg_trigger where tgrelid = '_parts'::regclass and tgname = 'audit'`;
  const organizationId = randomUUID();
  try {
    await migrateBefore(database.owner, masksByColumn);
    await owner.connect();
    await owner.query(`create table _parts (organization_id uuid not null, id int not null, part int not null, name text, pin bytea, api_token text, primary key (organization_id, id, part));
                       select app.protect_tenant_table('_parts');
                       select audit.watch('_parts', always => '{delete}')`);
    await platform.connect();
    await platform.query(`insert into organizations (id, name, slug, plan) values ($1, 'Org', $2, 'free')`, [organizationId, `org-${organizationId}`]);
    // Between the two migrations, the trigger has the arguments of before.
    await migrateBefore(database.owner, masksOfTables);
    await platform.query(`insert into _parts values ($1, 1, 1, 'Name', '\\x01', null)`, [organizationId]);

    await migrate(database.owner);

    const migrated = (await owner.query(trigger)).rows;
    expect(migrated).toMatchObject([{ arguments: expect.stringContaining('{delete}') }]);
    await owner.query(`select audit.watch('_parts')`);
    expect((await owner.query(trigger)).rows).toEqual(migrated);
    await platform.query(`insert into _parts values ($1, 1, 2, 'Name', '\\x01', null)`, [organizationId]);
    await platform.query('delete from _parts where part = 2');
    const recorded = (part: number): unknown => ({ organization_id: organizationId, id: 1, part, name: 'Name', pin: '[redacted]', api_token: null });
    expect((await platform.query(`select row_id, operation, before, after, always from audit.pending where relation = '_parts' order by position`)).rows).toEqual([
      { row_id: '1/1', operation: 'insert', before: null, after: recorded(1), always: false },
      { row_id: '1/2', operation: 'insert', before: null, after: recorded(2), always: false },
      { row_id: '1/2', operation: 'delete', before: recorded(2), after: null, always: true },
    ]);
  } finally {
    await Promise.all([owner.end(), platform.end()]);
    await database.drop();
  }
});
