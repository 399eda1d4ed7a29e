-- Checks of the totals of meters, and an index of the periods to close.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
create index meter_totals_open_idx on public.meter_totals (period_end) where closed_at is null and period_end is not null;

alter table public.meter_totals
  add constraint meter_totals_used_check check (used >= 0),
  add constraint meter_totals_meter_check check (meter <> ''),
  add constraint meter_totals_held_check check (held between 0 and used),
  add constraint meter_totals_from_grants_check check (from_grants between 0 and used),
  add constraint meter_totals_period_check check (period_end > period_start);

-- Updated with every use: leaves room on the page for the next version of the row.
alter table public.meter_totals set (fillfactor = 70);
