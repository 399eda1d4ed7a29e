-- no transaction
-- The table can be written meanwhile. If it is interrupted, drop the invalid index, and migrate again.
create index concurrently webhook_deliveries_webhook_id_created_at_idx on public.webhook_deliveries (webhook_id, created_at);
