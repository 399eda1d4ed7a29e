-- Checks of invoices.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.invoices
  add constraint invoices_currency_check check (currency ~ '^[A-Z]{3}$'),
  add constraint invoices_paid_check check ((status = 'paid') = (paid_at is not null)),
  add constraint invoices_balance_check check (provider <> 'manual' or balance_applied between 0 and greatest(total, 0));

-- Finds the invoices that the transaction has issued and not numbered yet.
create index invoices_unnumbered_idx on public.invoices (issued_at) where number = id::text;

comment on index public.invoices_provider_invoice_id_key is 'Unique on the platform: an event of the payment provider names an invoice before its organization is known.';

revoke insert, update, delete on public.invoices from tenantry_app;
