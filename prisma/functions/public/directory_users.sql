-- Checks of the users of directories, and one user of a directory for each account of an organization: two directories would undo what the other has done.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
create unique index directory_users_account_key on public.directory_users (organization_id, user_id) where deleted_at is null;

alter table public.directory_users
  add constraint directory_users_deleted_check check ((deleted_at is null) = (user_name is not null)),
  add constraint directory_users_pending_check check (pending_reason is null or active);
