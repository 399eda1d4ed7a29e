-- Removes an email address from all tables, where it was written before a time; returns the changed rows of each table.
-- execute: tenantry_platform
--
-- Addresses are in the columns `email`, `recipient` and `<something>_email`, also in the tables of a product. A row whose address is required is deleted, another loses
-- the address. These stay: rows of other accounts (with a `user_id`), and the contact addresses of organizations.
create function app.erase_address(address text, written_before timestamptz) returns table (relation text, erased bigint)
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  found record;
begin
  for found in
    select c.oid::regclass as target, c.relname, a.attname, a.attnotnull,
           exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'created_at' and not t.attisdropped) as has_time,
           exists (select from pg_attribute u where u.attrelid = c.oid and u.attname = 'user_id' and not u.attisdropped) as has_user
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.atttypid in ('text'::regtype, 'varchar'::regtype)
       and (a.attname in ('email', 'recipient') or a.attname like '%\_email') and c.relname not in ('users', 'organizations', 'erasures')
     order by c.relname, a.attname
  loop
    execute format(
      case when found.attnotnull then 'delete from %1$s where lower(%2$I) = $1' else 'update %1$s set %2$I = null where lower(%2$I) = $1' end
        || case when found.has_time then ' and created_at < $2' else '' end || case when found.has_user then ' and user_id is null' else '' end,
      found.target, found.attname) using lower(address), written_before;
    get diagnostics erased = row_count;
    relation := found.relname;
    if erased > 0 then return next; end if;
  end loop;
end
$$;
