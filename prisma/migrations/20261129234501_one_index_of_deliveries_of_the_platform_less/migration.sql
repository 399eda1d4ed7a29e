-- no transaction
-- The table can be written meanwhile.
drop index concurrently public.webhook_deliveries_platform_idx;
