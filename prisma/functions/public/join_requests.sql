-- Checks of join requests, and one pending request for each user.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
create unique index join_requests_pending_key on public.join_requests (organization_id, user_id) where status = 'pending';

alter table public.join_requests
  add constraint join_requests_decided_check check ((status = 'pending') = (decided_at is null)),
  add constraint join_requests_email_check check (email = lower(email) and email like '_%@_%');
