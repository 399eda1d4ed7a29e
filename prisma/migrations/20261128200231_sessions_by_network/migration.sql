-- no transaction
-- The table can be written meanwhile. If it is interrupted, drop the invalid index, and migrate again.
create index concurrently sessions_user_id_network_idx on public.sessions (user_id, network);
