-- Trigger: increments the access version of organizations when a statement deletes memberships, their roles, API keys, tokens of directories, or set-up links.
-- execute: owner
--
-- Once for each organization, however many rows a statement deletes, and in the order of their ids, in which they are locked.
create function app.access_lost() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  each record;
begin
  for each in select distinct g.organization_id as id from gone g order by 1 loop
    perform app.raise_access_version(each.id);
  end loop;
  return null;
end
$$;

create trigger access_lost after delete on public.memberships referencing old table as gone for each statement execute function app.access_lost();
create trigger access_lost after delete on public.member_roles referencing old table as gone for each statement execute function app.access_lost();
create trigger access_lost after delete on public.team_members referencing old table as gone for each statement execute function app.access_lost();
create trigger access_lost after delete on public.api_keys referencing old table as gone for each statement execute function app.access_lost();
create trigger access_lost after delete on public.sso_setup_links referencing old table as gone for each statement execute function app.access_lost();
create trigger access_lost after delete on public.directory_tokens referencing old table as gone for each statement execute function app.access_lost();
