-- Checks of memberships.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.memberships
  add constraint memberships_role_check check (role <> '');

-- Paths name a member by the user.
select app.version_rows('public.memberships', 'user_id');
