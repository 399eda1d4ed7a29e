-- Replaces an email address in texts that others wrote, where they were written before a time, by `<user id>@ended.invalid`; returns the changed rows of each table.
-- execute: tenantry_platform
--
-- Looks into every column of text and JSON, also in the tables of a product, for the whole address, also as it is written in URLs. Left out are:
--   * columns of addresses (app.erase_address), and the contact addresses of organizations
--   * invoices and credit notes (tax law), and records of usage, which are counted by the texts that the product gave
--   * logs and events, of which audit.erase_person and AuditErasureService erase what names a person, and tables without such texts
create function app.erase_mentions(person uuid, address text, written_before timestamptz) returns table (relation text, erased bigint)
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  found record;
  local_part constant text := split_part(lower(address), '@', 1);
  -- A URL can have `%40` for the `@`, and `%2B` for a `+`.
  whole constant text := '(?:(?<![a-z0-9._%+-])|(?<=%[0-9a-f][0-9a-f]))'
    || replace(replace(regexp_replace(lower(address), '[^[:alnum:]@]', '\\\&', 'g'), '@', '(?:@|%40)'), '\+', '(?:\+|%2b)') || '(?![a-z0-9-]|[.][a-z0-9])';
  ended constant text := person || '@ended.invalid';
begin
  for found in
    select c.oid::regclass as target, c.relname,
           string_agg(format(case format_type(a.atttypid, null)
                        when 'jsonb' then '%1$I = regexp_replace(%1$I::text, $1, $2, ''gi'')::jsonb'
                        when 'json' then '%1$I = regexp_replace(%1$I::text, $1, $2, ''gi'')::json'
                        when 'text[]' then '%1$I = case when %1$I is not null then array(select regexp_replace(e, $1, $2, ''gi'') from unnest(%1$I) with ordinality u (e, place) order by place) end'
                        else '%1$I = regexp_replace(%1$I, $1, $2, ''gi'')' end, a.attname), ', ') as changes,
           -- The first condition is cheap, and keeps the pattern from most rows.
           string_agg(format('position($3 in lower(%1$I::text)) > 0 and lower(%1$I::text) ~ $1', a.attname), ' or ') as conditions,
           exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'created_at' and not t.attisdropped) as has_time
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and format_type(a.atttypid, null) in ('text', 'character varying', 'json', 'jsonb', 'text[]')
       and a.attname not in ('email', 'recipient') and a.attname not like '%\_email'
       and c.relname not in ('_prisma_migrations', 'access_log', 'access_log_records', 'catalog_versions', 'credit_note_lines', 'credit_notes', 'domain_events', 'event_changes',
                             'invoice_lines', 'invoices', 'request_days', 'request_log', 'users')
       and c.relname not like 'usage\_%'
     group by c.oid, c.relname order by c.relname
  loop
    execute format('update %s set %s where (%s)%s', found.target, found.changes, found.conditions, case when found.has_time then ' and created_at <= $4' else '' end)
      using whole, ended, split_part(local_part, '+', 1), written_before;
    get diagnostics erased = row_count;
    relation := found.relname;
    if erased > 0 then return next; end if;
  end loop;
end
$$;
