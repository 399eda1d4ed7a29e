-- Checks of subscriptions.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.subscriptions
  add constraint subscriptions_seats_check check (seats > 0 and next_seats > 0),
  add constraint subscriptions_period_check check (period_end > period_start),
  add constraint subscriptions_currency_check check (currency ~ '^[A-Z]{3}$'),
  add constraint subscriptions_provider_check check (provider in ('manual', 'stripe')),
  add constraint subscriptions_anchor_day_check check (anchor_day between 1 and 31),
  add constraint subscriptions_trial_check check (status <> 'trialing' or trial_ends_at is not null),
  add constraint subscriptions_past_due_check check ((status in ('past_due', 'unpaid')) <= (past_due_since is not null)),
  add constraint subscriptions_add_ons_check check (jsonb_typeof(add_ons) = 'array'
    and not jsonb_path_exists(add_ons, '$[*] ? (!(@.key.type() == "string") || !(@.quantity.type() == "number") || !(@.quantity >= 1 && @.quantity <= 1000000))')),
  add constraint subscriptions_next_add_ons_check check (jsonb_typeof(next_add_ons) = 'array'
    and not jsonb_path_exists(next_add_ons, '$[*] ? (!(@.key.type() == "string") || !(@.quantity.type() == "number") || !(@.quantity >= 1 && @.quantity <= 1000000))'));

comment on index public.subscriptions_provider_customer_id_key is 'Unique on the platform: an event of the payment provider names a customer before its organization is known.';
comment on index public.subscriptions_provider_subscription_id_key is 'Unique on the platform: an event of the payment provider names a subscription before its organization is known.';

revoke insert, update, delete on public.subscriptions from tenantry_app;
