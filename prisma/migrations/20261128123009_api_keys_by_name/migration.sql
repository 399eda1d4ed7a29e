-- no transaction
-- The table can be written meanwhile. If it is interrupted, drop the invalid index, and migrate again.
create index concurrently api_keys_organization_id_name_id_idx on public.api_keys (organization_id, name, id);
