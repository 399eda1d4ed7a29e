-- Checks of grants, and what the application role may change of them.
-- access: tenantry_app reads the rows of its organization and updates burnt; tenantry_platform writes
alter table public.usage_grants
  add constraint usage_grants_amount_check check (amount > 0),
  add constraint usage_grants_burnt_check check (burnt between 0 and amount);

-- The platform grants units; the organization only uses them up.
revoke insert, update, delete on public.usage_grants from tenantry_app;
grant update (burnt) on public.usage_grants to tenantry_app;
