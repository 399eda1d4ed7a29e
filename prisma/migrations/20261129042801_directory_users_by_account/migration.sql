-- no transaction
-- The table can be written meanwhile. If it is interrupted, or a double has arisen meanwhile, settle it as the migration before, drop the invalid index, and migrate again.
create unique index concurrently directory_users_account_key on public.directory_users (organization_id, user_id) where deleted_at is null;
