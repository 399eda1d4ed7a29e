-- Rights on the attempts of deliveries.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
revoke insert, update, delete on public.webhook_attempts from tenantry_app;
