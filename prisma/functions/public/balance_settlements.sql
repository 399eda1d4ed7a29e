-- Checks of settlements of balances.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.balance_settlements
  add constraint balance_settlements_currency_check check (currency ~ '^[A-Z]{3}$'),
  add constraint balance_settlements_amount_check check (amount > 0);

revoke insert, update, delete on public.balance_settlements from tenantry_app;
