CREATE OR REPLACE FUNCTION app.person_rows(person uuid, address text)
 RETURNS TABLE(relation text, belongs boolean, content jsonb)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog'
AS $function$
declare
  found record;
  own constant text[] := array[person::text] || array(select m.id::text from public.memberships m where m.user_id = person);
begin
  for found in
    with listed as (
      select c.oid, c.relname::text as name, a.attname::text as attname, a.attnotnull, a.atttypid, format('t.%I', a.attname) as named,
             (select bool_or(k.confdeltype = 'c')
                from pg_constraint k cross join lateral unnest(k.conkey, k.confkey) p (near, far) join pg_attribute f on f.attrelid = k.confrelid and f.attnum = p.far
               where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0 and p.near = a.attnum
                 and (k.confrelid = 'public.users'::regclass and f.attname = 'id' or k.confrelid = 'public.memberships'::regclass and f.attname = 'user_id')) as deleted_with
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    ), marked as (
      select l.*,
             l.name = 'users' and l.attname = 'id' or coalesce(l.deleted_with, false) or l.attname in ('user_id', 'actor_id') as owns,
             l.deleted_with is not null or l.attname in ('user_id', 'actor_id', 'owner_id', 'impersonator_id') or l.attname like '%\_by_id' as names,
             l.atttypid in ('text'::regtype, 'varchar'::regtype) and (l.attname in ('email', 'recipient') or l.attname like '%\_email') as is_address,
             l.atttypid = 'bytea'::regtype or audit.is_secret(l.attname) or l.attname = 'impersonation_reason' as is_secret
        from listed l where l.name not in ('erasures', 'legal_holds')
    )
    select m.name, m.oid::regclass as target,
           coalesce(array_agg(m.attname) filter (where m.is_secret), '{}') as secrets,
           coalesce(array_agg(m.attname) filter (where m.names), '{}') as people,
           concat_ws(' or ',
             string_agg(format('%s = %s', m.named, case when m.atttypid = 'uuid'::regtype then '$1' else '$1::text' end), ' or ') filter (where m.owns),
             string_agg(format('lower(%s) = $2%s', m.named, case when bool_or_user.has then ' and t.user_id is null' else '' end), ' or ') filter (where m.is_address and m.attnotnull and m.name <> 'users')) as owned,
           concat_ws(' or ',
             string_agg(format('%s = %s', m.named, case when m.atttypid = 'uuid'::regtype then '$1' else '$1::text' end), ' or ') filter (where m.names and not m.owns),
             string_agg(format('lower(%s) = $2%s', m.named, case when bool_or_user.has then ' and t.user_id is null' else '' end), ' or ') filter (where m.is_address and not m.attnotnull)) as mentioned,
           bool_or(m.attname = 'impersonator_id') as impersonated
      from marked m cross join lateral (select exists (select from listed u where u.oid = m.oid and u.attname = 'user_id') as has) bool_or_user
     group by m.name, m.oid order by m.name <> 'users', m.name
  loop
    relation := found.name;
    -- In a session of an operator, the device is that of the operator.
    if found.impersonated and found.owned <> '' then
      found.mentioned := concat_ws(' or ', format('(%s) and t.impersonator_id is not null', found.owned), nullif(found.mentioned, ''));
      found.owned := format('(%s) and t.impersonator_id is null', found.owned);
    end if;
    if found.owned <> '' then
      belongs := true;
      for content in execute format(
        'select r.row - $3 - array(select p from unnest($4::text[]) p where r.row ->> p is distinct from $1::text) from %s t cross join lateral (select to_jsonb(t) as row) r where %s',
        found.target, found.owned) using person, address, found.secrets, found.people
      loop
        return next;
      end loop;
    end if;
    if found.mentioned <> '' then
      belongs := false;
      for content in execute format(
        'select jsonb_object_agg(e.key, e.value) from %s t cross join lateral jsonb_each(to_jsonb(t)) e
          where (%s)%s and (e.key in (''id'', ''organization_id'', ''created_at'') or e.key = any($3) and e.value = to_jsonb($1::text)) group by t.ctid, t.tableoid',
        found.target, found.mentioned, case when found.owned = '' then '' else format(' and (%s) is not true', found.owned) end) using person, address, found.people
      loop
        return next;
      end loop;
    end if;
  end loop;

  relation := 'audit.events';
  for belongs, content in
    select e.actor_id = person::text,
           jsonb_strip_nulls(jsonb_build_object('id', e.id, 'organization_id', e.organization_id, 'occurred_at', e.occurred_at, 'action', e.action, 'outcome', e.outcome, 'target_table', e.target_table)
             || case when e.actor_id = person::text then jsonb_build_object('ip', e.ip, 'user_agent', e.user_agent, 'actor_name', e.actor_name) else '{}' end)
      from (select h.chain from audit.heads h) c
     cross join lateral (
       select v.* from audit.events v where v.organization_id = c.chain and v.actor_id = person::text
       union all select v.* from audit.events v where v.organization_id = c.chain and v.target_id = any(own) and v.actor_id is distinct from person::text
     ) e
    union all
    select e.actor_id = person::text,
           jsonb_strip_nulls(jsonb_build_object('id', e.id, 'occurred_at', e.occurred_at, 'action', e.action, 'outcome', e.outcome, 'target_table', e.target_table)
             || case when e.actor_id = person::text then jsonb_build_object('ip', e.ip, 'user_agent', e.user_agent, 'actor_name', e.actor_name) else '{}' end)
      from audit.events e where e.organization_id is null and (e.actor_id = person::text or e.target_id = any(own))
  loop
    return next;
  end loop;

  -- The reads by others, without the ids of the readers: the organizations, the kind of the caller, and the operation.
  relation := 'access_log';
  belongs := false;
  for content in
    select jsonb_build_object('id', a.id, 'organization_id', a.organization_id, 'created_at', a.created_at, 'action', a.action, 'actor_kind', a.actor_kind, 'record_id', r.record_id)
      from (select h.chain from audit.heads h) c
      join public.access_log_records r on r.organization_id = c.chain and r.record_id = any(own)
      join public.access_log a on a.organization_id = r.organization_id and a.id = r.entry_id
     where a.actor_id is distinct from person::text
  loop
    return next;
  end loop;
end
$function$
;
