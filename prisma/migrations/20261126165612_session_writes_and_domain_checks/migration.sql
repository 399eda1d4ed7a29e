-- AlterTable
ALTER TABLE "domains" ADD COLUMN     "last_checked_at" TIMESTAMPTZ(3);

drop trigger organization_changed on public.domains;

CREATE OR REPLACE FUNCTION app.await_writes_of_user(user_id uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform set_config('lock_timeout', '20s', true);
  perform pg_advisory_xact_lock(app.sessions_key(user_id));
end
$function$
;

CREATE OR REPLACE FUNCTION app.require_session(session_id uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform set_config('app.session_id', session_id::text, true);
  perform pg_advisory_xact_lock_shared(app.sessions_key(s.user_id)) from public.sessions s where s.id = require_session.session_id;
  if exists (
    select from public.sessions s join public.users u on u.id = s.user_id
     where s.id = require_session.session_id and s.revoked_at is null and u.disabled_at is null
  ) then return; end if;
  raise exception 'The authority of the request has changed' using errcode = 'TN001';
end
$function$
;

CREATE OR REPLACE FUNCTION app.sessions_key(user_id uuid)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN hashtextextended((user_id)::text, (11)::bigint)
;

CREATE OR REPLACE FUNCTION audit.left_out()
 RETURNS TABLE(name text, reason text)
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog'
AS $function$
values
  ('mail_messages', 'The outbox: a mail results from a recorded change, and is personal data.'),
  ('meter_totals', 'Incremented with each use.'),
  ('usage_events', 'The ledger of usage: append-only, and records who reported what and when.'),
  ('usage_subjects', 'Derived from the ledger of usage.'),
  ('usage_days', 'Derived from the ledger of usage.'),
  ('usage_reservations', 'Units held for a time; the units used are in the ledger of usage.'),
  ('usage_leases', 'Units in use for a time, extended by heartbeats.'),
  ('request_log', 'It is itself a record of requests.'),
  ('request_days', 'Derived from the request log.'),
  ('domain_events', 'The outbox of webhooks: results from a recorded change.'),
  ('usage_settlements', 'Records only which batch of counted requests was written.'),
  ('usage_reports', 'It is itself a ledger: the usage reported to the payment provider, and when.'),
  ('provider_events', 'The inbox of a payment provider: the changes that an event causes are recorded.'),
  ('job_runs', 'Records only that a job ran; its changes are recorded with the job as the actor.'),
  ('access_log', 'It is itself append-only, and reading changes no state.'),
  ('access_log_records', 'Part of the access log.'),
  ('login_attempts', 'Counters of wrong passwords; refused sign-ins are recorded.'),
  ('refresh_tokens', 'Each use changes its session, which is recorded.'),
  ('.updated_at', 'Changes only together with other columns.'),
  ('.access_version', 'Incremented by triggers together with recorded changes.'),
  ('.last_used_at', 'Updated with each use, outside of the request.'),
  ('.last_used_ip', 'Updated with each use, outside of the request.'),
  ('.use_count', 'Updated with each use, outside of the request.'),
  ('.last_checked_at', 'Updated with each daily lookup; a lookup that changes something is recorded.'),
  ('.last_login_at', 'The new session is recorded.'),
  ('.last_step', 'The last used code of a second factor; the new session is recorded.'),
  ('.burnt', 'Incremented with each use.'),
  ('.mailed_at', 'Records only that a mail was sent.')
$function$
;

select audit.watch('public.api_keys');
select audit.watch('public.break_glass_links', always => '{*}');
select audit.watch('public.catalog_versions');
select audit.watch('public.credentials');
select audit.watch('public.custom_roles');
select audit.watch('public.domains', always => '{*}');
select audit.watch('public.entitlement_overrides', always => '{*}');
select audit.watch('public.integration_secrets');
select audit.watch('public.invitations');
select audit.watch('public.invoice_lines');
select audit.watch('public.invoices');
select audit.watch('public.join_requests');
select audit.watch('public.member_roles');
select audit.watch('public.memberships');
select audit.watch('public.organizations', always => '{delete}');
select audit.watch('public.platform_admins');
select audit.watch('public.projects');
select audit.watch('public.provisioning_steps');
select audit.watch('public.recovery_codes');
select audit.watch('public.second_factors');
select audit.watch('public.sessions', always => '{impersonator_id=*}');
select audit.watch('public.settings_documents', always => '{section=security,section=compliance,section=settings,section=features}');
select audit.watch('public.signing_keys');
select audit.watch('public.subscriptions');
select audit.watch('public.tasks');
select audit.watch('public.team_members');
select audit.watch('public.team_roles');
select audit.watch('public.teams');
select audit.watch('public.usage_grants');
select audit.watch('public.usage_thresholds');
select audit.watch('public.user_tokens');
select audit.watch('public.users');
CREATE TRIGGER organization_changed AFTER INSERT OR DELETE OR UPDATE OF kind, name, verified_at ON public.domains FOR EACH ROW EXECUTE FUNCTION app.organization_changed();

grant execute on function app.await_writes_of_user(uuid) to tenantry_platform;
grant execute on function app.sessions_key(uuid) to tenantry_app;
grant execute on function app.sessions_key(uuid) to tenantry_platform;
comment on function app.await_writes_of_user(uuid) is 'Waits for the writes that the sessions of a user have begun.';
comment on function app.sessions_key(uuid) is 'Returns the key of the advisory lock that guards the sessions of a user: shared by their writes, exclusive for a transaction that waits for these.';
