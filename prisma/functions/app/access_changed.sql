-- Trigger: increments the access version of an organization when rows that decide about access change.
-- execute: owner
--
-- Replicas cache what decides about access. A request reads the version together with its session and membership, and
-- never trusts an older cache.
create function app.access_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  changed uuid;
begin
  if tg_op = 'DELETE' then changed := old.organization_id; else changed := new.organization_id; end if;
  update public.organizations set access_version = access_version + 1 where id = changed;
  return null;
end
$$;

create trigger access_changed after insert or update or delete on public.custom_roles for each row execute function app.access_changed();
create trigger access_changed after insert or update or delete on public.team_roles for each row execute function app.access_changed();
create trigger access_changed after insert or update or delete on public.settings_documents for each row execute function app.access_changed();
create trigger access_changed after insert or update or delete on public.entitlement_overrides for each row execute function app.access_changed();
