-- no transaction
-- The table can be written meanwhile. If it is interrupted, drop the invalid index, and migrate again.
create index concurrently projects_organization_id_name_id_idx on public.projects (organization_id, name, id);
