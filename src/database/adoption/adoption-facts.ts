import type pg from 'pg';

/** A unique index of a table, also that of its primary key. */
export interface UniqueIndex {
  readonly name: string;
  readonly definition: string;
  readonly primary: boolean;
  /** Undefined for an index without a constraint. */
  readonly constraint: string | null;
  /** Whether the constraint can be checked at the end of a transaction. */
  readonly deferrable: boolean;
  readonly deferred: boolean;
  /** Whether a foreign key of a table that is not adopted needs it. */
  readonly neededOutside: boolean;
}

/** A foreign key from one adopted table to another. */
export interface InnerKey {
  readonly name: string;
  readonly definition: string;
  readonly columns: readonly string[];
  readonly toSchema: string;
  readonly toName: string;
  readonly toColumns: readonly string[];
  readonly onDelete: string;
  readonly onUpdate: string;
  /** The columns that a deletion sets; empty for all of the key. */
  readonly setColumns: readonly string[];
  readonly full: boolean;
  readonly deferrable: boolean;
  readonly deferred: boolean;
}

/** A table as it is in the database. */
export interface TableFacts {
  readonly oid: number;
  readonly kind: string;
  readonly owned: boolean;
  readonly inherits: boolean;
  readonly columns: readonly string[];
  /** The type of updated_at, if there is an id too: the two make a version. */
  readonly versionType: string | null;
  readonly policies: readonly string[];
  readonly rowSecurity: boolean;
  /** The triggers that an update of all columns fires. */
  readonly updateTriggers: readonly string[];
  readonly publicPrivileges: readonly string[];
  readonly uniques: readonly UniqueIndex[];
  readonly keys: readonly InnerKey[];
  /** Foreign keys of tables that are not adopted. */
  readonly outsideKeys: readonly string[];
  readonly exclusions: readonly string[];
}

const columnNames = (relation: string, numbers: string): string =>
  `array(select a.attname::text from unnest(${numbers}) with ordinality as n (number, position) join pg_attribute a on a.attrelid = ${relation} and a.attnum = n.number order by n.position)`;

/** $1: schema, $2: name, $3: the adopted tables as `schema.name`. */
const factsQuery = `
  select c.oid::int as oid, c.relkind::text as kind, pg_has_role(c.relowner, 'usage') as owned,
         exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent)) as inherits,
         array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
         (select a.atttypid::regtype::text from pg_attribute a where a.attrelid = c.oid and a.attname = 'updated_at' and not a.attisdropped
             and exists (select from pg_attribute i where i.attrelid = c.oid and i.attname = 'id' and not i.attisdropped)) as "versionType",
         array(select p.polname::text from pg_policy p where p.polrelid = c.oid) as policies, c.relrowsecurity as "rowSecurity",
         array(select g.tgname::text from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled in ('O', 'A') and g.tgtype & 16 > 0) as "updateTriggers",
         array(select x.privilege_type::text from aclexplode(c.relacl) x where x.grantee = 0) as "publicPrivileges",
         coalesce((select json_agg(json_build_object(
             'name', ic.relname, 'definition', pg_get_indexdef(i.indexrelid), 'primary', i.indisprimary, 'constraint', k.conname,
             'deferrable', coalesce(k.condeferrable, false), 'deferred', coalesce(k.condeferred, false),
             'neededOutside', exists (select from pg_constraint f join pg_class fc on fc.oid = f.conrelid join pg_namespace fn on fn.oid = fc.relnamespace
                                       where f.contype = 'f' and f.conindid = i.indexrelid and not fn.nspname || '.' || fc.relname = any($3::text[]))) order by ic.relname)
             from pg_index i join pg_class ic on ic.oid = i.indexrelid left join pg_constraint k on k.conindid = i.indexrelid and k.contype in ('p', 'u')
            where i.indrelid = c.oid and i.indisunique and i.indisvalid), '[]') as uniques,
         coalesce((select json_agg(json_build_object(
             'name', k.conname, 'definition', pg_get_constraintdef(k.oid), 'columns', ${columnNames('k.conrelid', 'k.conkey')},
             'toSchema', tn.nspname, 'toName', t.relname, 'toColumns', ${columnNames('k.confrelid', 'k.confkey')},
             'onDelete', k.confdeltype, 'onUpdate', k.confupdtype, 'setColumns', ${columnNames('k.conrelid', "coalesce(k.confdelsetcols, '{}')")},
             'full', k.confmatchtype = 'f', 'deferrable', k.condeferrable, 'deferred', k.condeferred) order by k.conname)
             from pg_constraint k join pg_class t on t.oid = k.confrelid join pg_namespace tn on tn.oid = t.relnamespace
            where k.contype = 'f' and k.conrelid = c.oid and tn.nspname || '.' || t.relname = any($3::text[])), '[]') as keys,
         array(select format('%s on %s', k.conname, k.conrelid::regclass) from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_namespace fn on fn.oid = f.relnamespace
                where k.contype = 'f' and k.confrelid = c.oid and not fn.nspname || '.' || f.relname = any($3::text[])) as "outsideKeys",
         array(select k.conname::text from pg_constraint k where k.contype = 'x' and k.conrelid = c.oid) as exclusions
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = $1 and c.relname = $2`;

/** Reads what the system catalogs know of a table. @param adopted all adopted tables as `schema.name` */
export async function readTableFacts(client: pg.ClientBase, schema: string, name: string, adopted: readonly string[]): Promise<TableFacts | undefined> {
  const { rows } = await client.query<TableFacts>(factsQuery, [schema, name, adopted]);
  return rows[0];
}
