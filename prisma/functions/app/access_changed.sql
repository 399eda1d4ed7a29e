-- Trigger: increments the access version of an organization when rows that decide about access change.
-- execute: owner
--
-- Replicas cache what decides about access. A request reads the version together with its session and membership, never
-- trusts an older cache, and repeats the version when it writes (app.require_authority).
create function app.access_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  set plan_cache_mode = force_generic_plan
  as $$
declare
  changed uuid;
begin
  if tg_op = 'DELETE' then changed := old.organization_id; else changed := new.organization_id; end if;
  -- The other documents decide nothing; the replicas only drop what they have cached of them.
  if tg_table_name = 'settings_documents' then
    if (case tg_op when 'DELETE' then old.section else new.section end) not in ('settings', 'features', 'security', 'compliance') then
      perform pg_notify('tenantry_organization', changed::text);
      return null;
    end if;
  end if;
  perform app.raise_access_version(changed);
  return null;
end
$$;

create trigger access_changed after insert or update or delete on public.custom_roles for each row execute function app.access_changed();
create trigger access_changed after insert or update or delete on public.team_roles for each row execute function app.access_changed();
create trigger access_changed after update of name on public.teams for each row execute function app.access_changed();
create trigger access_changed after insert or update or delete on public.settings_documents for each row execute function app.access_changed();
create trigger access_changed after insert or update or delete on public.entitlement_overrides for each row execute function app.access_changed();
-- A new membership, role or key takes no authority from anybody, and every request reads these rows itself.
-- Deletions of them can concern very many rows: app.access_lost.
create trigger access_changed after update of role on public.memberships for each row execute function app.access_changed();
create trigger access_changed
  after update of enabled, permissions, expires_at, allowed_ips, owner_id, granted_by_id, token_hash, previous_hash, previous_expires_at, previous_granted_by_id, revoked_tokens on public.api_keys
  for each row execute function app.access_changed();
create trigger access_changed after update of enabled on public.directories for each row execute function app.access_changed();
