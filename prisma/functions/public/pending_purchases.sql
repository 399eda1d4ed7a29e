-- Checks of purchases that wait, and rights on them.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.pending_purchases
  add constraint pending_purchases_seats_check check (seats > 0),
  add constraint pending_purchases_currency_check check (currency ~ '^[A-Z]{3}$'),
  add constraint pending_purchases_add_ons_check check (jsonb_typeof(add_ons) = 'array'
    and not jsonb_path_exists(add_ons, '$[*] ? (!(@.key.type() == "string") || !(@.quantity.type() == "number") || !(@.quantity >= 1 && @.quantity <= 1000000))'));

revoke insert, update, delete on public.pending_purchases from tenantry_app;
