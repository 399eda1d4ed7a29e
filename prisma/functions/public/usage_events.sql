-- Checks of the ledger of usage, and indexes of corrections and resets.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
create index usage_events_corrects_idx on public.usage_events (organization_id, corrects) where corrects is not null;
-- Resets have no reporter.
create index usage_events_resets_idx on public.usage_events (organization_id, meter) where user_id is null and api_key_id is null and corrects is null;

alter table public.usage_events
  add constraint usage_events_id_check check (id <> ''),
  add constraint usage_events_meter_check check (meter <> '');

revoke update, delete on public.usage_events from tenantry_app;
