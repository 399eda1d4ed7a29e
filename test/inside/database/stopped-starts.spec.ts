import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { assertSafeDatabase } from '../../../src/database/doctor/doctor.js';
import { itInLongRun, some } from '../../support/rounds.js';
import { scratchDatabase, type ScratchDatabase } from '../../support/scratch-database.js';

// What SQL as the application role can leave behind. No later start may be refused because of it.

let database: ScratchDatabase;

/** Gives each test a database of its own. */
function withOwnDatabase(): void {
  beforeEach(async () => void (database = await scratchDatabase()));
  afterEach(() => database.drop());
}

async function asApplication(...statements: string[]): Promise<{ errors: (string | undefined)[]; end: () => Promise<void> }> {
  const client = new pg.Client({ connectionString: database.app });
  await client.connect();
  const errors: (string | undefined)[] = [];
  for (const statement of statements)
    errors.push(
      await client.query(statement).then(
        () => undefined,
        (error: pg.DatabaseError) => error.code,
      ),
    );
  return { errors, end: () => client.end() };
}

const own = (setting: string): string => `alter role current_user set ${setting}`;

describe('after SQL as the application role', () => {
  withOwnDatabase();

  it.each(
    some<readonly [string, readonly string[]]>(
      [
        ['another search path', [own('search_path = pg_temp')]],
        ['large objects', ['select lo_create(0)', 'select lo_creat(-1)', `select lo_from_bytea(0, 'x')`]],
        ['temporary tables', ['create temporary table t (id int)', 'create temporary view v as select 1', `create function pg_temp.f() returns int language sql as 'select 1'`]],
        ['a permanent tenant', [own(`app.current_organization_id = '00000000-0000-0000-0000-000000000001'`)]],
        [
          'a tenant of one database',
          ['do $$ begin execute format($f$alter role current_user in database %I set app.current_organization_id = $x$1$x$$f$, current_database()); end $$'],
        ],
        ['read-only transactions', [own('default_transaction_read_only = on')]],
        ['another row security', [own('row_security = off')]],
      ],
      1,
    ),
  )('the server starts again: %s', async (_, statements) => {
    const { end } = await asApplication(...statements);
    await expect(assertSafeDatabase(database.app)).resolves.toBeUndefined();
    await end();
    await expect(assertSafeDatabase(database.app)).resolves.toBeUndefined();
    const later = new pg.Client({ connectionString: database.app });
    await later.connect();
    const { rows } = await later.query(
      `select current_setting('search_path') as path, current_setting('default_transaction_read_only') as read_only, nullif(current_setting('app.current_organization_id', true), '') as tenant`,
    );
    await later.end();
    expect(rows).toEqual([{ path: '"$user", public', read_only: 'off', tenant: null }]);
  });

  it('the migrations take the right to create temporary objects from everybody but the owner', async () => {
    const owner = new pg.Client({ connectionString: database.owner });
    await owner.connect();
    await owner.query(await revocations());
    await owner.end();
    const { errors, end } = await asApplication(
      'create temporary table t (id int)',
      'create temporary sequence s',
      `create function pg_temp.f() returns int language sql as 'select 1'`,
    );
    await end();
    expect(errors).toEqual(['42501', '42501', '42501']);
  });

  itInLongRun('on the embedded server, it creates no large objects and ends no connections', async () => {
    const admin = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { template?: string };
    if (admin.template === undefined) return;
    const { errors, end } = await asApplication(
      'select lo_create(0)',
      'select lo_creat(-1)',
      `select lo_from_bytea(0, 'x')`,
      'select pg_terminate_backend(1)',
      'select pg_cancel_backend(1)',
    );
    await end();
    expect(errors).toEqual(Array(5).fill('42501'));
  });
});

describe('the application role', () => {
  beforeAll(async () => void (database = await scratchDatabase()));
  afterAll(() => database.drop());

  it.each([
    'copy projects to program $$id$$',
    `copy projects from '/etc/passwd'`,
    `select lo_import('/etc/passwd')`,
    `select pg_read_file('/etc/passwd')`,
    'create extension dblink',
    'create extension postgres_fdw',
    'create schema s',
    'create publication p',
    'create event trigger e on ddl_command_start execute function app.notify_outbox()',
    'alter system set work_mem = 1',
    'reindex database current',
    'select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user',
    'listen x; select pg_reload_conf()',
    'create server s foreign data wrapper w',
  ])('the role cannot reach the server or other tenants by: %s', async (statement) => {
    const { errors, end } = await asApplication(statement);
    await end();
    const [code] = errors;
    expect(['42501', '42601', '42704', '58P01', '0A000']).toContain(code);
  });
});

/** The first statement of the migration; the scratch database is a clone, which has no rights of its template. */
async function revocations(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile('prisma/functions/public/schema.sql', 'utf8');
  return text.slice(text.indexOf('do $$'), text.indexOf('$$;') + 3);
}
