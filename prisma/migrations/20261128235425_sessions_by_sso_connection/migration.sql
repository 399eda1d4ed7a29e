-- no transaction
-- The table can be written meanwhile. If it is interrupted, drop the invalid index, and migrate again.
create index concurrently sessions_sso_connection_id_idx on public.sessions (sso_connection_id);
