-- Checks of what was reported to the payment provider, and an index of what is unsent.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
-- A few rows of many.
create index usage_reports_unsent_idx on public.usage_reports (organization_id, id) where sent_at is null;

alter table public.usage_reports
  add constraint usage_reports_number_check check (number > 0),
  add constraint usage_reports_quantity_check check (quantity <> 0),
  add constraint usage_reports_sent_check check (sent_at is null or tried_at is not null);

revoke insert, update, delete on public.usage_reports from tenantry_app;
