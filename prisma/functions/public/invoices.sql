-- Checks of invoices.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.invoices
  add constraint invoices_currency_check check (currency ~ '^[A-Z]{3}$'),
  add constraint invoices_paid_check check ((status = 'paid') = (paid_at is not null));

revoke insert, update, delete on public.invoices from tenantry_app;
