-- Trigger: ends the sessions that began with a connection of single sign-on that is disabled or deleted.
-- execute: owner
--
-- In the transaction of the change, whatever makes it. A sign-in locks its connection until its session is committed, so none is missed.
create function app.sso_connection_ended() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  perform from public.sessions s where s.sso_connection_id = old.id and s.sso_organization_id = old.organization_id and s.revoked_at is null order by s.id for no key update;
  update public.sessions s set revoked_at = now(), revoked_reason = 'sso_ended', sso_id_token = null
   where s.sso_connection_id = old.id and s.sso_organization_id = old.organization_id and s.revoked_at is null;
  return null;
end
$$;

create trigger sso_connection_ended after delete on public.sso_connections for each row execute function app.sso_connection_ended();
create trigger sso_connection_disabled after update of enabled on public.sso_connections for each row
  when (old.enabled and not new.enabled) execute function app.sso_connection_ended();
