-- Trigger: ends the authority of an impersonation with its session, or with the operator's own session.
-- execute: owner
--
-- A write of the impersonation that is on its way is refused, as with app.access_changed.
create function app.impersonation_ended() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  each record;
begin
  for each in
    select s.active_organization_id as id from public.sessions s
     where s.impersonator_id = new.user_id and s.impersonator_session_id = new.id and s.revoked_at is null
    union
    select new.active_organization_id where new.impersonator_id is not null
    order by 1
  loop
    perform app.raise_access_version(each.id);
  end loop;
  return null;
end
$$;

create trigger impersonation_ended after update of revoked_at on public.sessions for each row
  when (old.revoked_at is null and new.revoked_at is not null) execute function app.impersonation_ended();
