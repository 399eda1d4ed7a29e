-- no transaction
-- The table can be written meanwhile.
create index concurrently webhooks_created_at_idx on public.webhooks (created_at);
