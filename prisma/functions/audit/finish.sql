-- Trigger: turns the changes of a transaction into one event for each organization when the transaction commits.
-- execute: owner
create function audit.finish() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  mine constant xid8 := pg_current_xact_id();
  nobody constant uuid := '00000000-0000-0000-0000-000000000000';
  context jsonb := nullif(current_setting('app.audit', true), '')::jsonb;
  erased constant uuid[] := array(select e.organization_id from audit.erasing e where e.xid = mine);
  -- The event of a transaction that erases a person lists its rows without their content, which would put back the erased data.
  erases_person boolean;
  home uuid;
  unknown jsonb;
  each record;
begin
  -- The call for the first row writes the events of the whole transaction.
  if not exists (select from audit.pending p where p.position = new.position) then return null; end if;
  -- Rows that belong to no organization (users, sessions) are recorded in the organization of the request; otherwise in
  -- the only organization that was changed, or signed in to; otherwise on the platform.
  -- The note of the application role does not choose the organization.
  home := coalesce(case when pg_has_role(session_user, 'tenantry_platform', 'usage') then nullif(context ->> 'organizationId', '') end,
                   nullif(current_setting('app.current_organization_id', true), ''))::uuid;
  if home is null then
    select case when count(distinct p.chain) = 1 then min(p.chain::text)::uuid end into home
      from audit.pending p where p.xid = mine and p.chain <> nobody and not p.concealed and p.relation not in ('users', 'platform_admins');
  end if;
  if home is null then
    select case when count(distinct p.after ->> 'active_organization_id') = 1 then min(p.after ->> 'active_organization_id')::uuid end
      into home from audit.pending p where p.xid = mine and p.relation = 'sessions' and p.operation = 'insert';
  end if;
  -- In a sign-in or sign-up, the actor is the user of the new session.
  if context ->> 'actorKind' = 'anonymous' then
    context := context || coalesce((
      select jsonb_build_object('actorKind', 'user', 'actorId', p.after ->> 'user_id')
        from audit.pending p where p.xid = mine and p.relation = 'sessions' and p.operation = 'insert' limit 1), '{}');
  end if;
  unknown := jsonb_build_object('actorKind', 'anonymous', 'action', context ->> 'action');
  erases_person := exists (select from audit.pending p where p.xid = mine and p.relation in ('audit.actors', 'audit.details'));
  for each in
    select r.chain, count(*)::integer as changes, min(r.relation) filter (where r.n = 1) as target_table, min(r.row_id) filter (where r.n = 1) as target_id,
           (array_agg(r.recording order by r.position desc) filter (where r.recording is not null))[1] as recording, bool_or(r.always) as always, bool_and(r.concealed) as concealed,
           jsonb_agg(jsonb_build_object('table', r.relation, 'id', r.row_id, 'operation', r.operation,
             'before', case when r.listed then r.before end, 'after', case when r.listed then r.after end) order by r.position)
             filter (where r.n <= 1000 or r.relation in ('audit.actors', 'audit.details')) as listed
      from (select coalesce(p.chain, home, nobody) as chain, p.relation, p.row_id, p.operation, p.before, p.after, p.recording, p.always, p.position, p.concealed and p.chain is not null as concealed,
                   p.relation in ('audit.actors', 'audit.details') or not (erases_person or coalesce(p.chain, home) = any(erased)) as listed,
                   row_number() over (partition by coalesce(p.chain, home, nobody) order by p.position) as n
              from audit.pending p where p.xid = mine) r
     group by r.chain order by r.chain
  loop
    perform audit.append(each.chain, case when each.concealed and each.chain is distinct from home and context ->> 'actorKind' in ('user', 'anonymous') then unknown else context end, 'done', null, 1, each.target_table, each.target_id, each.changes, each.listed, each.recording, each.always);
  end loop;
  delete from audit.pending p where p.xid = mine;
  -- An erased organization keeps its events without actors and details. Only the last event, which says that it was erased, keeps both.
  if cardinality(erased) > 0 then
    delete from audit.actors a using audit.events e
     where a.organization_id = any(erased) and e.id = a.event_id and e.sequence < (select h.sequence from audit.heads h where h.chain = a.organization_id);
    delete from audit.details d using audit.events e
     where d.organization_id = any(erased) and e.id = d.event_id and e.sequence < (select h.sequence from audit.heads h where h.chain = d.organization_id);
    update audit.heads h set erased_at = clock_timestamp() where h.chain = any(erased);
    delete from audit.erasing e where e.xid = mine;
  end if;
  return null;
end
$$;

create constraint trigger finish after insert on audit.pending deferrable initially deferred for each row execute function audit.finish();
