-- Rights on the streams of events.
-- access: tenantry_app reads the row of its organization; tenantry_platform writes
revoke insert, update, delete on public.event_streams from tenantry_app;
