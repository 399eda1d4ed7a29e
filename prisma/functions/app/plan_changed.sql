-- Trigger: increments the access version of an organization when its plan or the start of its usage period changes.
-- execute: owner
create function app.plan_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if new.plan <> old.plan or new.usage_anchor_day is distinct from old.usage_anchor_day then new.access_version := old.access_version + 1; end if;
  return new;
end
$$;

create trigger plan_changed before update of plan, usage_anchor_day on public.organizations for each row execute function app.plan_changed();
