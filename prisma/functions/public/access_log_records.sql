-- Rights on the records of the access log.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
revoke update, delete on public.access_log_records from tenantry_app;
