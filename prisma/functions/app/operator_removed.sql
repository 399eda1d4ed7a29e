-- Trigger: ends the impersonations of an operator who was removed.
-- execute: owner
--
-- app.keep_an_operator waits in the same statement for the writes on the routes of operators.
create function app.operator_removed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  each record;
begin
  for each in
    select distinct s.active_organization_id as id from public.sessions s
     where s.impersonator_id = old.user_id and s.revoked_at is null and s.active_organization_id is not null order by 1
  loop
    perform app.raise_access_version(each.id);
  end loop;
  return null;
end
$$;

create trigger operator_removed after delete on public.platform_admins for each row execute function app.operator_removed();
