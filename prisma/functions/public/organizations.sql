-- Checks of organizations, and what the application role may change of its own organization.
-- access: tenantry_app reads its organization and updates the columns that belong to its members
alter table public.organizations
  add constraint organizations_name_check check (name <> ''),
  add constraint organizations_slug_check check (slug ~ '^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$' and length(slug) between 3 and 63),
  add constraint organizations_version_check check (version > 0),
  add constraint organizations_erase_check check (erase_after is null or deleted_at is not null),
  add constraint organizations_trial_check check (trial_ends_at >= trial_starts_at),
  add constraint organizations_subscription_check check (subscription_ends_at >= subscription_starts_at),
  add constraint organizations_plan_check check (plan <> ''),
  add constraint organizations_access_version_check check (access_version > 0),
  add constraint organizations_suspended_check check (suspended_at is null or status = 'suspended'),
  add constraint organizations_usage_anchor_day_check check (usage_anchor_day between 1 and 31),
  add constraint organizations_suspended_by_check check (suspended_by in ('operator', 'billing'));

-- Not the id, and nothing that the platform decides: status, verification, trial, subscription.
create policy tenant on public.organizations to tenantry_app
  using (id = (select app.current_organization_id()))
  with check (id = (select app.current_organization_id()));
grant select on public.organizations to tenantry_app;
grant update (
  name, slug, display_name, description, email, phone, website, address, timezone, locale, organization_type, industry,
  size_category, billing_email, billing_address, tax_id, version, updated_by_id, deleted_by_id, updated_at, deleted_at, erase_after
) on public.organizations to tenantry_app;
-- Written by the triggers of app.access_changed(), which run with the rights of the role that makes the change.
grant update (access_version) on public.organizations to tenantry_app;

-- The erasure of the organization is recorded also while the audit log is switched off: it explains the missing parts of the chain.
select audit.watch('public.organizations', always => '{delete}');
