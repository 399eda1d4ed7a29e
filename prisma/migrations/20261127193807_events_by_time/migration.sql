-- no transaction
-- The ledger can be written meanwhile. If it is interrupted, drop the invalid index, and migrate again.
create index concurrently usage_events_received_at_idx on public.usage_events (received_at);
