-- Trigger: notifies the replicas that their caches of an organization are stale.
-- execute: owner
--
-- PostgreSQL sends the notification when the transaction commits, and sends equal ones only once.
create function app.organization_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if tg_table_name = 'organizations' then
    if tg_op = 'DELETE' then perform pg_notify('tenantry_organization', old.id::text); else perform pg_notify('tenantry_organization', new.id::text); end if;
  elsif tg_op = 'DELETE' then
    perform pg_notify('tenantry_organization', old.organization_id::text);
  else
    perform pg_notify('tenantry_organization', new.organization_id::text);
  end if;
  return null;
end
$$;

create trigger organization_changed after update or delete on public.organizations for each row execute function app.organization_changed();
create trigger organization_changed after insert or update of kind, name, verified_at or delete on public.domains for each row execute function app.organization_changed();
