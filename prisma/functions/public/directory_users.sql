-- Checks of the users of directories.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.directory_users
  add constraint directory_users_deleted_check check ((deleted_at is null) = (user_name is not null)),
  add constraint directory_users_pending_check check (pending_reason is null or active);
