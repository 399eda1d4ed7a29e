-- Checks of second factors.
-- access: the template of global tables (app.protect_global_table)
alter table public.second_factors
  add constraint second_factors_last_step_check check (last_step >= 0);
