-- Checks of what sinks have not received.
-- access: the template of global tables (app.protect_global_table)
alter table public.sink_ranges
  add constraint sink_ranges_kind_check check (kind in ('event', 'audit')),
  add constraint sink_ranges_extent_check check (after >= 0 and until > after);
