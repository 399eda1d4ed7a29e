-- Checks of earlier anchor days.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
alter table public.usage_anchors
  add constraint usage_anchors_anchor_day_check check (anchor_day between 1 and 31);

revoke insert, update, delete on public.usage_anchors from tenantry_app;
