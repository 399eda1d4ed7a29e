-- Checks of overrides of plan limits and features.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.entitlement_overrides
  add constraint entitlement_overrides_key_check check (key <> ''),
  add constraint entitlement_overrides_units_check check (units >= 0),
  add constraint entitlement_overrides_kind_check check ((kind = 'feature') = (available is not null) and (kind = 'limit' or units is null));

-- An organization cannot change what the operator grants.
revoke insert, update, delete on public.entitlement_overrides from tenantry_app;

-- Grants by operators are recorded also while the audit log is switched off.
select audit.watch('public.entitlement_overrides', always => '{*}');
