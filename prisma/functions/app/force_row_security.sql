-- Enables and forces row security on a table, and gives policies for all rows to the platform role, and to the owner within triggers.
-- execute: owner
--
-- Forced row security applies to the owner too. The platform role has a policy instead of BYPASSRLS, which managed
-- servers do not grant.
--
-- PostgreSQL runs the triggers of rows that a foreign key deletes as the owner of the table, since version 18 (before, as the role of the
-- statement). Without a policy, a trigger would see no rows, and do nothing.
create function app.force_row_security(target regclass) returns void
  language plpgsql
  set search_path = pg_catalog
  set client_min_messages = warning
  as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('revoke all on table %s from public, tenantry_app', target);
  execute format('drop policy if exists platform on %s', target);
  execute format('create policy platform on %s to tenantry_platform using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on table %s to tenantry_platform', target);
  execute format('drop policy if exists triggers on %s', target);
  execute format('create policy triggers on %s to current_user using (pg_trigger_depth() > 0) with check (pg_trigger_depth() > 0)', target);
end
$$;
