-- Rights on deliveries, their checks, and the indexes of those that wait.
-- access: tenantry_app reads, adds and changes rows of its organization; they end with their event, or after their webhook
revoke delete on public.webhook_deliveries from tenantry_app;

alter table public.webhook_deliveries
  add constraint webhook_deliveries_attempts_check check (attempts >= 0 and replays >= 0),
  add constraint webhook_deliveries_ended_check check ((ended_at is null) = (status = 'pending'));

-- The deliveries of a webhook that wait: by the time of their next attempt, and in the order of the log.
create index webhook_deliveries_due_idx on public.webhook_deliveries (organization_id, webhook_id, next_attempt_at, id) where status = 'pending';
create index webhook_deliveries_order_idx on public.webhook_deliveries (organization_id, webhook_id, sequence nulls first, id) where status = 'pending';
-- The organization of a delivery of the platform.
create index webhook_deliveries_platform_id_idx on public.webhook_deliveries (id) where of_platform;
