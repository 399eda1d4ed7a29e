-- Checks of the lines of invoices, and rights on them.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.invoice_lines
  add constraint invoice_lines_period_check check (period_end >= period_start and num_nonnulls(period_start, period_end) in (0, 2));

revoke insert, update, delete on public.invoice_lines from tenantry_app;
