-- Trigger: increments the access version of an organization when its plan, its usage period or its state changes.
-- execute: owner
create function app.state_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if (new.plan, new.usage_anchor_day, new.status, new.maintenance_mode, new.deleted_at)
     is distinct from (old.plan, old.usage_anchor_day, old.status, old.maintenance_mode, old.deleted_at) then
    new.access_version := old.access_version + 1;
    perform pg_advisory_xact_lock(app.authority_key(old.id));
  end if;
  return new;
end
$$;

create trigger state_changed before update of plan, usage_anchor_day, status, maintenance_mode, deleted_at on public.organizations
  for each row execute function app.state_changed();
