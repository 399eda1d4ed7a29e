import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { testDatabase } from '../../support/database.js';

const owner = new pg.Client({ connectionString: testDatabase().owner });
beforeAll(() => owner.connect());
afterAll(() => owner.end());

/** Every table with organization_id, in any schema, partitions too. */
const owned = `owned as (
  select c.oid, c.oid::regclass::text as name, a.attnum as tenant
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped
   where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema')`;

/** Every unique index of these tables, primary keys too, and whether its columns include the organization. `reason`: why it is unique on the platform, as its comment says. */
const uniqueKeys = `
  with ${owned}
  select o.name as table, i.indexrelid::regclass::text as key, o.tenant = any((i.indkey::int2[])[0:i.indnkeyatts - 1]) as "hasTenant",
         substring(obj_description(i.indexrelid, 'pg_class') from '^Unique on the platform: (.+)') as reason
    from owned o join pg_index i on i.indrelid = o.oid
   where i.indisunique or i.indisexclusion
   order by 1, 2`;

/**
 * Every foreign key from or to these tables. `carriesTenant`: the organization of the row is the organization of the referenced row. Users and other rows of the platform have
 * none. `toOwned`: it references rows of an organization.
 */
const foreignKeys = `
  with ${owned}
  select k.conrelid::regclass::text as table, k.conname as key, k.confrelid::regclass::text as referenced, t.oid is not null as "toOwned",
         exists (select from unnest(k.conkey, k.confkey) pair (near, far) where near = f.tenant and far = t.tenant) as "carriesTenant"
    from pg_constraint k left join owned f on f.oid = k.conrelid left join owned t on t.oid = k.confrelid
   where k.contype = 'f' and (f.oid is not null or t.oid is not null)
   order by 1, 2`;

interface UniqueKey {
  readonly table: string;
  readonly key: string;
  readonly hasTenant: boolean;
  readonly reason: string | null;
}

interface ForeignKey {
  readonly table: string;
  readonly key: string;
  readonly referenced: string;
  readonly toOwned: boolean;
  readonly carriesTenant: boolean;
}

const readUniqueKeys = async (): Promise<UniqueKey[]> => (await owner.query<UniqueKey>(uniqueKeys)).rows;
const readForeignKeys = async (): Promise<ForeignKey[]> => (await owner.query<ForeignKey>(foreignKeys)).rows;

const uniqueWithoutTenant = async (): Promise<string[]> => (await readUniqueKeys()).filter(({ hasTenant, reason }) => !hasTenant && reason === null).map(({ key }) => key);

const referencesWithoutTenant = async (): Promise<string[]> =>
  (await readForeignKeys()).filter(({ toOwned, carriesTenant }) => toOwned && !carriesTenant).map(({ table, key }) => `${key} on ${table}`);

/** References of tables with a key that is unique on the platform: such a table cannot be distributed, so every machine has it, and what it references. */
async function referencesOfPlatformKeys(): Promise<string[]> {
  const tables = new Set((await readUniqueKeys()).filter(({ hasTenant }) => !hasTenant).map(({ table }) => table));
  return (await readForeignKeys()).filter(({ table, toOwned }) => tables.has(table) && toOwned).map(({ table, referenced }) => `${table} references ${referenced}`);
}

async function after<Result>(sql: string, read: () => Promise<Result>): Promise<Result> {
  await owner.query('begin');
  try {
    await owner.query(sql);
    return await read();
  } finally {
    await owner.query('rollback');
  }
}

describe('the keys of tables with organization_id', () => {
  it('every unique key contains the organization, or its comment says why it is unique on the platform', async () => {
    expect((await readUniqueKeys()).length).toBeGreaterThan(40);
    expect(await uniqueWithoutTenant()).toEqual([]);
  });

  it('every reference to a row of an organization contains the organization', async () => {
    expect((await readForeignKeys()).length).toBeGreaterThan(50);
    expect(await referencesWithoutTenant()).toEqual([]);
  });

  it('a table with a key that is unique on the platform references no table of organizations', async () => {
    expect(await referencesOfPlatformKeys()).toEqual([]);
  });

  const notes = 'create table _notes (organization_id uuid, id uuid, name text, primary key (organization_id, id));';
  const comments = 'create table _comments (organization_id uuid, id uuid, note_id uuid, primary key (organization_id, id));';

  it.each([
    ['a unique index', `${notes} create unique index by_name on _notes (name)`, ['by_name']],
    ['a unique constraint', `${notes} alter table _notes add constraint by_id unique (id)`, ['by_id']],
    ['an organization that is only included', `${notes} create unique index by_name on _notes (name) include (organization_id)`, ['by_name']],
    ['a primary key', 'create table _notes (organization_id uuid, id uuid primary key)', ['_notes_pkey']],
    [
      'a partition',
      `create table _notes (organization_id uuid, at date) partition by range (at); create table _notes_all partition of _notes default; create unique index on _notes_all (at)`,
      ['_notes_all_at_idx'],
    ],
    ['a comment without a reason', `${notes} create unique index by_name on _notes (name); comment on index by_name is 'Finds a note.'`, ['by_name']],
    ['a comment with a reason', `${notes} create unique index by_name on _notes (name); comment on index by_name is 'Unique on the platform: a name is known everywhere.'`, []],
  ])('the test of unique keys judges %s', async (_, sql, found) => {
    expect(await after(sql, uniqueWithoutTenant)).toEqual(found);
  });

  it('the test of references finds a reference without the organization, also from a table without one', async () => {
    const sql = `${notes} ${comments} alter table _notes add constraint by_id unique (id);
      alter table _comments add constraint of_note foreign key (note_id) references _notes (id);
      create table _pages (id uuid, note_id uuid constraint of_note references _notes (id))`;
    expect(await after(sql, referencesWithoutTenant)).toEqual(['of_note on _comments', 'of_note on _pages']);
  });

  it('the test of tables with keys that are unique on the platform finds a reference', async () => {
    const sql = `${notes} ${comments} create unique index by_note on _comments (note_id); alter table _comments add foreign key (organization_id, note_id) references _notes (organization_id, id)`;
    expect(await after(sql, referencesOfPlatformKeys)).toEqual(['_comments references _notes']);
  });
});
