-- What row security stands on: two group roles, the setting that names the tenant, and the functions that protect a
-- table. Everything belongs to the role that runs the migrations (the owner), which is a member of neither group.

-- The groups. Grants and policies name them; login roles are members of exactly one. Roles belong to the whole
-- server, so they may be there already, from another database of ours.
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
      when duplicate_object or unique_violation then null; -- made by another database's migration, just now
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

-- Nobody but the owner makes objects, and nothing is executable unless granted.
revoke create on schema public from public;
grant usage on schema public to tenantry_app, tenantry_platform;
alter default privileges revoke execute on functions from public;

create schema app;
revoke all on schema app from public;
grant usage on schema app to tenantry_app, tenantry_platform;

-- The tenant of the current transaction; null when none is bound. `nullif`, because the setting reads '' after the
-- transaction that set it. Its body is bound to the built-in functions when it is made: no search_path can bend it.
create function app.current_organization_id() returns uuid
  language sql stable parallel safe
  return nullif(pg_catalog.current_setting('app.current_organization_id', true), '')::uuid;
grant execute on function app.current_organization_id() to tenantry_app, tenantry_platform;

-- Row security for everybody, the owner too, and a policy under which the platform role sees all rows: a policy
-- rather than BYPASSRLS, which managed servers do not hand out.
create function app.force_row_security(target regclass) returns void
  language plpgsql
  set search_path = pg_catalog
  set client_min_messages = warning
  as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('revoke all on table %s from public, tenantry_app', target);
  execute format('drop policy if exists platform on %s', target);
  execute format('create policy platform on %s to tenantry_platform using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on table %s to tenantry_platform', target);
end
$$;

-- The sequences that fill columns of a table (serial, identity).
create function app.grant_sequences(target regclass, grantee name) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  sequence regclass;
begin
  for sequence in
    select d.objid::regclass from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S'
     where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = target and d.deptype in ('a', 'i')
  loop
    execute format('grant usage on sequence %s to %I', sequence, grantee);
  end loop;
end
$$;

-- For a table without organization_id: out of the application role's reach, unless more is granted afterwards.
create function app.protect_global_table(target regclass) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  perform app.force_row_security(target);
  perform app.grant_sequences(target, 'tenantry_platform');
end
$$;

-- For a table with organization_id: the application role sees and writes the rows of the bound tenant, and no others.
-- Call it again after adding a partition: policies of the parent do not protect a partition that is named directly.
create function app.protect_tenant_table(target regclass) returns void
  language plpgsql
  set search_path = pg_catalog
  set client_min_messages = warning
  as $$
declare
  partition regclass;
begin
  if not exists (
    select from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     where i.indrelid = target and i.indisvalid and i.indpred is null
       and a.attname = 'organization_id' and a.atttypid = 'uuid'::regtype
  ) then
    raise exception '% needs an index that starts with organization_id (uuid)', target;
  end if;
  perform app.protect_global_table(target);
  execute format('drop policy if exists tenant on %s', target);
  execute format(
    'create policy tenant on %s to tenantry_app
       using (organization_id = (select app.current_organization_id()))
       with check (organization_id = (select app.current_organization_id()))', target);
  execute format('grant select, insert, update, delete on table %s to tenantry_app', target);
  perform app.grant_sequences(target, 'tenantry_app');
  for partition in select relid from pg_partition_tree(target) where relid <> target loop
    perform app.force_row_security(partition);
  end loop;
end
$$;

-- Who may log in asks whether every migration is applied, without the owner's address.
do $$
begin
  if to_regclass('public._prisma_migrations') is not null then
    grant select on public._prisma_migrations to tenantry_platform;
  end if;
end
$$;
