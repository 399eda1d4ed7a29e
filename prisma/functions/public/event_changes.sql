-- Rights on the changes that become events.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
revoke insert, update, delete on public.event_changes from tenantry_app;
revoke all on sequence public.event_changes_id_seq from tenantry_app;
