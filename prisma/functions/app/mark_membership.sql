-- Trigger: gives a membership a new row version when its member gets a role or joins a team.
-- execute: owner
--
-- Replicas remember what a session was allowed together with the versions of its rows (src/access/principal). A lost role or team
-- changes the organization's row instead: app.access_lost. So does one that passes to another member: the one before has lost it.
create function app.mark_membership() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if tg_op = 'UPDATE' then perform app.raise_access_version(old.organization_id); end if;
  update public.memberships set updated_at = updated_at where organization_id = new.organization_id and user_id = new.user_id;
  return null;
end
$$;

create trigger mark_membership after insert or update on public.member_roles for each row execute function app.mark_membership();
create trigger mark_membership after insert or update on public.team_members for each row execute function app.mark_membership();
