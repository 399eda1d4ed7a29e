-- no transaction
-- The table can be written meanwhile. If it is interrupted, drop the invalid index, and migrate again.
create index concurrently webhook_deliveries_platform_id_idx on public.webhook_deliveries (id) where of_platform;
