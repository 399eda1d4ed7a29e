-- The two group roles that grants and policies name; login roles are members of exactly one.
-- access: the owner, who runs the migrations, is a member of neither
--
-- Roles belong to the whole server: another database of tenantry may have created them.
do $$
declare
  missing text[] := (
    select coalesce(array_agg(wanted), '{}')
      from unnest(array['tenantry_app', 'tenantry_platform']) wanted
     where not exists (select from pg_roles where rolname = wanted)
  );
  name text;
begin
  foreach name in array missing loop
    begin
      execute format('create role %I nologin', name);
    exception
      when duplicate_object or unique_violation then null; -- created by the migration of another database at the same time
      when insufficient_privilege then
        raise exception 'The role % may not create roles. Run as a superuser, then migrate again: create role tenantry_app nologin; create role tenantry_platform nologin;', current_user
          using errcode = 'insufficient_privilege';
    end;
  end loop;
  if exists (
    select from pg_roles
     where rolname in ('tenantry_app', 'tenantry_platform')
       and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
  ) then
    raise exception 'The roles tenantry_app and tenantry_platform must be plain. Run as a superuser: alter role tenantry_app nosuperuser nobypassrls nocreaterole nocreatedb noreplication; the same for tenantry_platform.';
  end if;
end
$$;
