-- Checks of users, one verified user for each address, and which users the application role sees.
-- access: tenantry_app selects id, email, name, created_at and disabled_at of the members of its organization
-- Unverified addresses may repeat, so that nobody can squat an address.
create unique index users_verified_email_key on public.users (email) where email_verified_at is not null;

alter table public.users
  add constraint users_email_check check (email = lower(email) and email like '_%@_%' and length(email) <= 320),
  add constraint users_name_check check (name <> ''),
  add constraint users_managed_check check ((email is null) = (managed_by_id is not null) and (email is null) = (user_name is not null)),
  add constraint users_verified_check check (email is not null or email_verified_at is null),
  add constraint users_user_name_check check (user_name ~ '^[a-z0-9][a-z0-9._-]{0,62}$');

create policy tenant on public.users for select to tenantry_app
  using (exists (
    select from public.memberships m where m.user_id = users.id and m.organization_id = (select app.current_organization_id())
  ));
grant select (id, email, name, created_at, disabled_at) on public.users to tenantry_app;
