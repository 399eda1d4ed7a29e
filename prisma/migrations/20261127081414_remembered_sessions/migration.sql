comment on function app.force_row_security(regclass) is null;

CREATE OR REPLACE FUNCTION app.force_row_security(target regclass)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
 SET client_min_messages TO 'warning'
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION app.mark_membership()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  update public.memberships set updated_at = updated_at where organization_id = new.organization_id and user_id = new.user_id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION app.mark_user()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  update public.users set updated_at = updated_at where id = case tg_op when 'DELETE' then old.user_id else new.user_id end;
  return null;
end
$function$
;

CREATE TRIGGER mark_membership AFTER INSERT OR UPDATE ON public.member_roles FOR EACH ROW EXECUTE FUNCTION app.mark_membership();
CREATE TRIGGER mark_membership AFTER INSERT OR UPDATE ON public.team_members FOR EACH ROW EXECUTE FUNCTION app.mark_membership();
CREATE TRIGGER mark_user AFTER INSERT OR DELETE OR UPDATE ON public.platform_admins FOR EACH ROW EXECUTE FUNCTION app.mark_user();
create policy triggers on pgboss.archive for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on pgboss.j1c8309e014a85cad168a3becc8d9e06ac27f5d1ee1f7c5b7ef358af8 for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on pgboss.j84cd6d7830eaf4cf6c9e6fc74d39690493f90aeb1a9025ba5ec5b839 for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on pgboss.j9d325a517e583fa73d6239797f0e1366e0eb6de632d3987be5007942 for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on pgboss.jce6392d0b6dcb5c667699834b71c948a4950beff6dd7997899bf903c for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on pgboss.job for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on pgboss.queue for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on pgboss.schedule for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on pgboss.subscription for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on pgboss.version for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.access_log for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.access_log_records for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.api_keys for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.balance_settlements for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.break_glass_links for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.catalog_versions for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.credentials for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.credit_note_lines for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.credit_notes for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.custom_roles for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.document_series for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.domain_events for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.domains for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.entitlement_overrides for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.integration_secrets for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.invitations for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.invoice_lines for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.invoices for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.job_runs for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.join_requests for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.login_attempts for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.mail_messages for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.member_roles for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.memberships for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.meter_totals for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.organizations for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.pending_purchases for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.platform_admins for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.projects for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.provider_events for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.provisioning_steps for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.recovery_codes for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.refresh_tokens for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.request_days for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.request_log for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.second_factors for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.sessions for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.settings_documents for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.signing_keys for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.subscription_periods for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.subscriptions for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.tasks for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.team_members for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.team_roles for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.teams for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.usage_anchors for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.usage_days for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.usage_events for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.usage_grants for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.usage_leases for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.usage_reports for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.usage_reservations for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.usage_settlements for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.usage_subjects for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.usage_thresholds for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.user_tokens for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
create policy triggers on public.users for all to current_user using ((pg_trigger_depth() > 0)) with check ((pg_trigger_depth() > 0));
comment on function app.force_row_security(regclass) is 'Enables and forces row security on a table, and gives policies for all rows to the platform role, and to the owner within triggers.';

comment on function app.mark_membership() is 'Trigger: gives a membership a new row version when its member gets a role or joins a team.';
comment on function app.mark_user() is 'Trigger: gives a user a new row version when they become an operator, or are one no longer.';
