import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { assertSafeDatabase, inspectUrl } from '../../../src/database/doctor/doctor.js';
import { itInLongRun, some } from '../../support/rounds.js';
import { databaseProxy, unsupportedParameter, type DatabaseProxy } from '../../support/database-proxy.js';
import { scratchDatabase, scratchDatabaseWithRole, type ScratchDatabase } from '../../support/scratch-database.js';

// What SQL as the application role can leave behind. No later start may be refused because of it.

let database: ScratchDatabase;

/** Gives each test a database and a role of its own. */
function withOwnDatabase(): void {
  beforeEach(async () => void (database = await scratchDatabaseWithRole()));
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
  )('the server starts again after SQL as the application role: %s', async (_, statements) => {
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

  itInLongRun('on the embedded server, the application role creates no large objects and ends no connections', async () => {
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

/** Sets a setting of the role that logs in, in this database only: other tests use the same role. */
const inDatabase = (setting: string): string => `do $do$ begin execute format($f$alter role session_user in database %I set ${setting}$f$, current_database()); end $do$`;

/** Starts a proxy of the server that refuses `options` at the start of a connection, as PgBouncer does. */
async function refusingOptions(address: string): Promise<DatabaseProxy & { refused: () => number }> {
  let refused = 0;
  const proxy = await databaseProxy(address, (message) => {
    if (!message.includes('\0options\0')) return { send: message };
    refused += 1;
    return { answer: unsupportedParameter('options') };
  });
  return { ...proxy, refused: () => refused };
}

/** Returns what the application role has set for itself in this database. */
async function ownSettings(): Promise<string[]> {
  const owner = new pg.Client({ connectionString: database.owner });
  await owner.connect();
  const { rows } = await owner.query<{ setting: string }>(
    `select unnest(setconfig) as setting from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase join pg_roles r on r.oid = s.setrole
      where d.datname = current_database() and r.rolname = $1`,
    [new URL(database.app).username],
  );
  await owner.end();
  return rows.map(({ setting }) => setting);
}

describe('after the application role set its own settings', () => {
  beforeAll(async () => void (database = await scratchDatabase()));
  afterAll(() => database.drop());

  it.each([
    ['another role and search path', ['role = tenantry_app', 'search_path = pg_temp']],
    ['a statement timeout of a millisecond', [`statement_timeout = '1ms'`]],
    ['a transaction timeout of a millisecond', [`transaction_timeout = '1ms'`]],
    ['a library that does not exist', ['local_preload_libraries = absent']],
    ['sessions that end', ['idle_session_timeout = 1', 'idle_in_transaction_session_timeout = 1', 'exit_on_error = on', 'lock_timeout = 1']],
    [
      'another meaning of SQL',
      ['standard_conforming_strings = off', 'transform_null_equals = on', 'array_nulls = off', 'default_transaction_read_only = on', 'row_security = off'],
    ],
    [
      'another form of values',
      [`timezone = 'Asia/Tokyo'`, `datestyle = 'SQL, DMY'`, 'bytea_output = escape', 'extra_float_digits = -15', 'intervalstyle = iso_8601', 'client_min_messages = error'],
    ],
    ['other views', [`restrict_nonsystem_relation_kind = 'view, foreign-table'`]],
    ['stricter functions', [`plpgsql.extra_errors = 'all'`]],
  ])('the doctor ignores a setting of its own role, and the start resets it: %s', async (_, settings) => {
    const { errors, end } = await asApplication(...settings.map(inDatabase));
    await end();
    // An older server does not know each of them.
    expect(errors.filter((error) => error !== undefined && error !== '42704')).toEqual([]);
    expect(await inspectUrl(database.app, { asApplication: true })).toMatchObject({ findings: [] });
    await expect(assertSafeDatabase(database.app)).resolves.toBeUndefined();
    expect(await ownSettings()).toEqual([]);
    const later = await asApplication(`select 'a\\'::text, x from pg_tables t, lateral (select null::int as x) n where x is null limit 1`);
    await later.end();
    expect(later.errors).toEqual([undefined]);
  });

  it('the start resets settings of the role also through a PgBouncer that refuses options of a connection', async () => {
    const { end } = await asApplication(inDatabase('search_path = pg_temp'), inDatabase(`statement_timeout = '1ms'`), inDatabase('role = tenantry_app'));
    await end();
    const { url, refused, close } = await refusingOptions(database.app);
    expect(await inspectUrl(url, { asApplication: true })).toMatchObject({ findings: [] });
    await assertSafeDatabase(url);
    await close();
    expect(refused()).toBe(3);
    expect(await ownSettings()).toEqual([]);
  });

  it('the start resets every setting that the role can make permanent', async () => {
    const { errors, end } = await asApplication(
      `do $do$ declare s record; begin
         for s in select name, coalesce(boot_val, '') as value from pg_settings where name not in ('work_mem', 'jit') and name not like '%timeout' loop
           begin
             execute format('alter role session_user in database %I set %s = %L', current_database(), s.name, s.value);
           exception when others then null;
           end;
         end loop;
       end $do$`,
    );
    await end();
    expect(errors).toEqual([undefined]);
    expect((await ownSettings()).length).toBeGreaterThan(100);
    await assertSafeDatabase(database.app);
    // PostgreSQL cannot reset these; each transaction begins with its own.
    expect((await ownSettings()).filter((setting) => !/^transaction_(?:isolation|read_only|deferrable)=/.test(setting))).toEqual([]);
  });

  it('the start keeps limits that an operator may set, and resets those that stop the application', async () => {
    const kept = [`statement_timeout=30s`, 'lock_timeout=2s', 'work_mem=64MB', 'jit=off'];
    const { end } = await asApplication(...[...kept, 'idle_session_timeout=9999ms'].map((setting) => inDatabase(setting.replace(/=(.*)/, `= '$1'`))));
    await end();
    await assertSafeDatabase(database.app);
    expect(await ownSettings()).toEqual(expect.arrayContaining(kept));
    expect((await ownSettings()).join()).not.toContain('idle_session_timeout');
  });
});

describe('the application role', () => {
  beforeAll(async () => void (database = await scratchDatabase()));
  afterAll(() => database.drop());

  it.each([
    'copy teams to program $$id$$',
    `copy teams from '/etc/passwd'`,
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
  ])('the application role cannot reach the server or other tenants by: %s', async (statement) => {
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
