-- Trigger: ends the sessions of a member in an organization for which a guardian has withdrawn the consent.
-- execute: owner
--
-- In the transaction that ends the membership, whatever makes it. Sessions in which another organization is active stay.
create function app.consent_withdrawn() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  perform from public.sessions s where s.user_id = new.user_id and s.active_organization_id = new.organization_id and s.revoked_at is null order by s.id for no key update;
  update public.sessions s set revoked_at = now(), revoked_reason = 'consent_withdrawn', sso_id_token = null
   where s.user_id = new.user_id and s.active_organization_id = new.organization_id and s.revoked_at is null;
  return null;
end
$$;

create trigger consent_withdrawn after insert on public.consents for each row when (new.action = 'withdrawn') execute function app.consent_withdrawn();
