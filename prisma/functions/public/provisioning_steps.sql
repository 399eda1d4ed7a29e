-- Checks of the steps of provisioning that were done.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.provisioning_steps
  add constraint provisioning_steps_step_check check (step <> '');

revoke insert, update, delete on public.provisioning_steps from tenantry_app;
