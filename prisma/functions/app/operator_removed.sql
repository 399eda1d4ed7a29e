-- Trigger: ends the authority of an operator who was removed: on the operator's routes, and where they impersonate a user.
-- execute: owner
create function app.operator_removed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  each record;
begin
  perform pg_advisory_xact_lock(hashtextextended('tenantry operators', 7));
  for each in
    select distinct s.active_organization_id as id from public.sessions s
     where s.impersonator_id = old.user_id and s.revoked_at is null and s.active_organization_id is not null order by 1
  loop
    update public.organizations set access_version = access_version + 1 where id = each.id;
    perform pg_advisory_xact_lock(app.authority_key(each.id));
  end loop;
  return null;
end
$$;

create trigger operator_removed after delete on public.platform_admins for each row execute function app.operator_removed();
