-- Checks of failed sign-ins.
-- access: the template of global tables (app.protect_global_table)
alter table public.login_attempts
  add constraint login_attempts_failures_check check (failures >= 0);
