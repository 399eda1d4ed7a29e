import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { findPendingMigrations, migrate, rehearseMigrations } from '../../../src/database/migrations/migrate.js';
import { testDatabase } from '../../support/database.js';

const { owner: url, platform } = testDatabase();
const owner = new pg.Client({ connectionString: url });
let folder: string;
const write = async (name: string, sql: string): Promise<void> => {
  await mkdir(path.join(folder, name), { recursive: true });
  await writeFile(path.join(folder, name, 'migration.sql'), sql);
};

beforeAll(async () => {
  await owner.connect();
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-migrations-'));
  // A version that lacks a migration which removes something refuses the database.
  for (const name of await readdir('prisma/migrations'))
    if (name.endsWith('_contract')) await cp(path.join('prisma/migrations', name), path.join(folder, name), { recursive: true });
});
afterAll(async () => {
  await owner.query(`drop schema if exists trial cascade; delete from _prisma_migrations where migration_name like '9999%'`);
  await owner.end();
  await rm(folder, { recursive: true });
});

describe('the migration runner', () => {
  it('the migration runner finds nothing to do on an up-to-date database, also as the platform role', async () => {
    expect(await migrate(url)).toEqual([]);
    expect(await findPendingMigrations(platform)).toEqual([]);
  });

  it('a database of a development version is refused, and the error says how to keep its tenants', async () => {
    const row = `insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('old', '', '20261121090000_foundation', now())`;
    await owner.query(row);
    try {
      await expect(migrate(url)).rejects.toThrow(/created by a development version.*tenant:export.*tenant:import.*remove the folder/);
      await expect(findPendingMigrations(platform)).rejects.toThrow('created by a development version');
    } finally {
      await owner.query(`delete from _prisma_migrations where id = 'old'`);
    }
  });

  it('concurrent migration runners apply each migration once, and record it as Prisma does', async () => {
    await write('99990101000000_first', 'create schema trial; create table trial.t (id int); do $$ begin perform pg_sleep(0.2); end $$;');
    await write('99990101000001_second', 'insert into trial.t values (1);');
    const applied = await Promise.all([1, 2, 3].map(() => migrate(url, { folder })));
    expect(applied.map((names) => names.length).sort()).toEqual([0, 0, 2]);
    const { rows } = await owner.query(
      `select checksum, finished_at >= started_at as finished, applied_steps_count, rolled_back_at, logs from _prisma_migrations where migration_name = '99990101000001_second'`,
    );
    expect(rows).toEqual([{ checksum: expect.stringMatching(/^[0-9a-f]{64}$/), finished: true, applied_steps_count: 1, rolled_back_at: null, logs: null }]);
  });

  it('a migration that fails leaves nothing behind, and the error names its line', async () => {
    await write('99990101000002_broken', 'insert into trial.t values (2);\nselect nonsense;');
    await expect(migrate(url, { folder })).rejects.toThrow(/99990101000002_broken failed, line 2: .*nonsense/);
    expect((await owner.query('select id from trial.t')).rows).toEqual([{ id: 1 }]);
    await write('99990101000002_broken', '-- no transaction\ncreate index concurrently on trial.t (id);');
    expect(await migrate(url, { folder })).toEqual(['99990101000002_broken']);
  });

  it('a migration does not wait for a long transaction while others wait for it: it gives up, and is tried again', async () => {
    await write('99990101000003_busy', 'alter table trial.t add column n int;');
    const reader = new pg.Client({ connectionString: url });
    await reader.connect();
    try {
      await reader.query('begin; select from trial.t');
      await expect(migrate(url, { folder, patience: 0 })).rejects.toThrow(/99990101000003_busy did not get the locks of its tables.*Long transactions: process \d+/);
      const migrated = migrate(url, { folder });
      // In the pause of the migration, another reader is not held up for longer than a migration waits.
      const began = performance.now();
      await owner.query('select from trial.t');
      expect(performance.now() - began).toBeLessThan(8000);
      await reader.query('commit');
      expect(await migrated).toEqual(['99990101000003_busy']);
    } finally {
      await reader.end();
    }
  }, 30_000);

  it('a rehearsal returns the tables that each migration locks, and changes nothing', async () => {
    await write('99990101000004_reads', 'alter table trial.t add column m int; create table trial.u (id int);');
    await write('99990101000005_writes', 'create index on trial.t (m); lock table trial.u;');
    await write('99990101000006_alone', '-- no transaction\ncreate index concurrently on trial.t (m);');
    expect(await rehearseMigrations(url, { folder })).toEqual([
      { name: '99990101000004_reads', duration: expect.any(Number), blocksReads: ['trial.t'], blocksWrites: [] },
      { name: '99990101000005_writes', duration: expect.any(Number), blocksReads: [], blocksWrites: [] },
      { name: '99990101000006_alone', blocksReads: [], blocksWrites: [] },
    ]);
    expect((await owner.query(`select to_regclass('trial.u') as u`)).rows).toEqual([{ u: null }]);
    expect(await migrate(url, { folder })).toHaveLength(3);
  });

  it('a database from which a later version has removed what this one uses is refused; one that it has only extended is not', async () => {
    await owner.query(`insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('later', '', '99990101000009_more', now())`);
    expect(await migrate(url, { folder })).toEqual([]);
    await owner.query(`update _prisma_migrations set migration_name = '99990101000009_less_contract' where id = 'later'`);
    try {
      await expect(migrate(url, { folder })).rejects.toThrow('a later version has applied 99990101000009_less_contract');
      await expect(findPendingMigrations(platform, { folder })).rejects.toThrow('Start that version');
    } finally {
      await owner.query(`delete from _prisma_migrations where id = 'later'`);
    }
  });

  it('a migration whose file was changed after it was applied is refused', async () => {
    await write('99990101000001_second', 'insert into trial.t values (1);\n');
    await expect(migrate(url, { folder })).rejects.toThrow('its file was changed since');
    await write('99990101000001_second', 'insert into trial.t values (1);');
    await write('99990101000000_first', 'create schema trial; create table trial.t (id int); do $$ begin perform pg_sleep(0.2); end $$;');
    expect(await migrate(url, { folder })).toEqual([]);
  });

  it('the migration runner refuses to continue after an incomplete migration', async () => {
    await write('99990101000010_half', '-- no transaction\nselect nonsense;');
    await expect(migrate(url, { folder })).rejects.toThrow('99990101000010_half failed');
    await expect(migrate(url, { folder })).rejects.toThrow('stopped in the middle');
  });
});
