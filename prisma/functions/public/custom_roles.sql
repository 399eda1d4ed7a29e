-- Checks of custom roles.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.custom_roles
  alter column permissions set not null,
  add constraint custom_roles_key_check check (key ~ '^[a-z][a-z0-9_]*$' and length(key) <= 63),
  add constraint custom_roles_name_check check (name <> '');

-- Paths name a role by its key.
select app.version_rows('public.custom_roles', 'key');
