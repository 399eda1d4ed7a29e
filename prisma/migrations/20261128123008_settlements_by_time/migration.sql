-- no transaction
-- The table can be written meanwhile. If it is interrupted, drop the invalid index, and migrate again.
create index concurrently balance_settlements_organization_id_settled_at_id_idx on public.balance_settlements (organization_id, settled_at, id);
