-- no transaction
-- The table can be written meanwhile. If it is interrupted, drop the invalid index, and migrate again.
create index concurrently usage_grants_organization_id_created_at_id_idx on public.usage_grants (organization_id, created_at, id);
