-- Returns the tables and columns that the audit log does not record, each with the reason.
-- execute: tenantry_app, tenantry_platform
--
-- Tables by name; a column of any table with a dot before its name.
create function audit.left_out() returns table (name text, reason text)
  language sql immutable parallel safe
  set search_path = pg_catalog
  as $$
values
  ('mail_messages', 'The outbox: a mail follows from a change that is recorded, and is personal data.'),
  ('meter_totals', 'Counted up with each use.'),
  ('usage_events', 'The ledger of usage: append-only, and tells who reported what when.'),
  ('usage_subjects', 'Follows from the ledger of usage.'),
  ('usage_days', 'Follows from the ledger of usage.'),
  ('usage_reservations', 'Units held for a while; what is used of them is in the ledger of usage.'),
  ('usage_leases', 'Units in use for a while, prolonged by heartbeats.'),
  ('request_log', 'A record of requests itself.'),
  ('request_days', 'Follows from the request log.'),
  ('domain_events', 'The outbox of webhooks: follows from a change that is recorded.'),
  ('usage_settlements', 'Says only which batch of counted requests was written.'),
  ('usage_reports', 'A ledger itself: what the payment provider was told of usage, and when.'),
  ('provider_events', 'The inbox of a payment provider: what follows from an event is recorded.'),
  ('job_runs', 'Says only that a job ran; what it changed is recorded, and told as the job''s.'),
  ('access_log', 'What was read: append-only itself, and no change of state.'),
  ('access_log_records', 'Of the access log.'),
  ('login_attempts', 'Counters of wrong passwords; what they refuse is recorded as refused.'),
  ('refresh_tokens', 'Each use of one is a change of its session, which is recorded.'),
  ('.updated_at', 'Says only that something else changed.'),
  ('.access_version', 'Counted up by triggers with changes that are recorded themselves.'),
  ('.last_used_at', 'Noted with each use, off the request.'),
  ('.last_used_ip', 'Noted with each use, off the request.'),
  ('.use_count', 'Noted with each use, off the request.'),
  ('.last_login_at', 'The session that begins is recorded.'),
  ('.last_step', 'The last code of a second factor that was used; the session that begins is recorded.'),
  ('.burnt', 'Counted up with each use.'),
  ('.mailed_at', 'Says only that somebody was written to.')
$$;
