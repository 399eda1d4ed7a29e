-- Checks of erasures.
-- access: the template of global tables (app.protect_global_table)
alter table public.erasures
  add constraint erasures_completion_check check ((completed_at is null) = (receipt is null)),
  add constraint erasures_address_check check (completed_at is null or email is null),
  add constraint erasures_reason_check check ((requested_by_id is null) = (reason is null));
