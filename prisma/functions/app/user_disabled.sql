-- Trigger: ends the authority of a user who was disabled: in their organizations, and as an operator.
-- execute: owner
create function app.user_disabled() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  each record;
begin
  perform pg_advisory_xact_lock(hashtextextended('tenantry operators', 7));
  for each in select m.organization_id from public.memberships m where m.user_id = new.id order by m.organization_id loop
    update public.organizations set access_version = access_version + 1 where id = each.organization_id;
    perform pg_advisory_xact_lock(app.authority_key(each.organization_id));
  end loop;
  return null;
end
$$;

create trigger user_disabled after update of disabled_at on public.users for each row
  when (old.disabled_at is null and new.disabled_at is not null) execute function app.user_disabled();
