-- Rights on the outbox of webhooks.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
revoke update, delete on public.domain_events from tenantry_app;
