-- no transaction
-- The table can be written meanwhile. If it is interrupted, drop the invalid index, and migrate again.
create index concurrently invitations_organization_id_created_at_id_idx on public.invitations (organization_id, created_at, id);
