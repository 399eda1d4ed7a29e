-- The foundation: the two group roles, the schemas, and the setting that names the bound organization.

-- A database that was migrated before this foundation cannot be upgraded (docs/database.md).
do $$
begin
  if to_regclass('public.organizations') is not null then
    raise exception 'This database was created by a development version of tenantry whose migrations were replaced. Export its tenants with that version (tenantry tenant:export), create an empty database, and import them there (tenantry tenant:import).';
  end if;
end
$$;

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

-- The schema of row security, of the triggers of tables and of the templates that protect tables.
-- access: tenantry_app, tenantry_platform (usage)
create schema app;
revoke all on schema app from public;
grant usage on schema app to tenantry_app, tenantry_platform;

-- The schema of the audit log (docs/audit.md, docs/decisions/0012).
-- access: tenantry_app, tenantry_platform (usage)
--
-- Row triggers write what a transaction changes to audit.pending. When the transaction commits, audit.finish() turns it
-- into one event for each organization, linked to the previous event of that organization by its hash. The owner of the
-- tables writes, and only through these functions: row security is forced, and no policy permits changing an event.
create schema audit;
revoke all on schema audit from public;
grant usage on schema audit to tenantry_app, tenantry_platform;

-- The schema of the partitions of the request log, which are reached through the table only.
-- access: owner
create schema partitions;
revoke all on schema partitions from public;

-- The schema of the tables: only the owner creates objects, and no function is executable unless its file grants it.
-- access: tenantry_app, tenantry_platform (usage)
revoke create on schema public from public;
grant usage on schema public to tenantry_app, tenantry_platform;
alter default privileges revoke execute on functions from public;

-- Replicas check as the platform role that every migration is applied.
do $$
begin
  if to_regclass('public._prisma_migrations') is not null then
    grant select on public._prisma_migrations to tenantry_platform;
  end if;
end
$$;

-- The schema of counting (docs/usage.md): each rule over several rows is one function, and one round trip.
-- access: tenantry_app, tenantry_platform (usage)
--
-- The functions run with the rights of the caller, and row security applies inside them.
create schema usage;
revoke all on schema usage from public;
grant usage on schema usage to tenantry_app, tenantry_platform;

-- Returns the organization bound to the current transaction; null when none is bound.
-- execute: tenantry_app, tenantry_platform
--
-- `nullif`: after the transaction that set it, the setting reads ''. A `return` body is bound to the built-in functions
-- when it is created, and no search_path can change that.
create function app.current_organization_id() returns uuid
  language sql stable parallel safe
  return nullif(pg_catalog.current_setting('app.current_organization_id', true), '')::uuid;
revoke all on function app.current_organization_id() from public;
grant execute on function app.current_organization_id() to tenantry_app, tenantry_platform;
comment on function app.current_organization_id() is 'Returns the organization bound to the current transaction; null when none is bound.';
