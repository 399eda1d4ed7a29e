-- Rights on the daily sums of the request log.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
-- Written for all organizations at once.
revoke insert, update, delete on public.request_days from tenantry_app;
