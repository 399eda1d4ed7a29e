-- Checks of reservations.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.usage_reservations
  add constraint usage_reservations_quantity_check check (quantity > 0),
  add constraint usage_reservations_committed_check check (committed >= 0),
  add constraint usage_reservations_status_check check ((status = 'open') = (closed_at is null));

-- A reservation changes once, when it is closed.
select app.version_rows('public.usage_reservations');
