-- Rights on the lines of invoices.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
revoke insert, update, delete on public.invoice_lines from tenantry_app;
