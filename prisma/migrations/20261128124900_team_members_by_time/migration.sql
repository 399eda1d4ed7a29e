-- no transaction
-- The table can be written meanwhile. If it is interrupted, drop the invalid index, and migrate again.
create index concurrently team_members_organization_id_team_id_created_at_id_idx on public.team_members (organization_id, team_id, created_at, id);
