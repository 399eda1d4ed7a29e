/** Selects tables with their columns and primary keys from the system catalogs, without generated columns. */
export const tablesQuery = `
  select case n.nspname when 'public' then c.relname else n.nspname || '.' || c.relname end as name,
         format('%I.%I', n.nspname, c.relname) as identifier,
         (select json_agg(json_build_object('name', a.attname, 'identifier', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
            from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
         array(select quote_ident(a.attname) from pg_index i, unnest(i.indkey) with ordinality k(num, place), pg_attribute a
                where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.num order by k.place) as key
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   order by 1`;

/** Selects foreign keys with their columns and the referenced table. */
export const foreignKeysQuery = `
  select format('%I.%I', n.nspname, c.relname) as "from", format('%I.%I', tn.nspname, t.relname) as "to",
         array(select quote_ident(a.attname) from unnest(k.conkey) num join pg_attribute a on a.attrelid = k.conrelid and a.attnum = num) as columns
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_class t on t.oid = k.confrelid join pg_namespace tn on tn.oid = t.relnamespace
   where k.contype = 'f' and k.conparentid = 0
   order by 1, 2, k.conname`;

export const migrationsQuery = `
  select migration_name as name from public._prisma_migrations where finished_at is not null and rolled_back_at is null order by migration_name`;
