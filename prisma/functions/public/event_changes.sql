-- Rights on the changes that become events.
-- access: tenantry_platform
revoke all on public.event_changes from tenantry_app;
revoke all on sequence public.event_changes_id_seq from tenantry_app;
