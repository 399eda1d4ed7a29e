-- The schema of the tables: only the owner creates objects, and no function is executable unless its file grants it.
-- access: tenantry_app, tenantry_platform (usage)
revoke create on schema public from public;
grant usage on schema public to tenantry_app, tenantry_platform;
alter default privileges revoke execute on functions from public;

-- Nobody but the owner creates temporary objects or large objects in the database: their names could stand for ours, and their
-- owner could not be dropped. Only a superuser can revoke the functions of large objects; without one, it is a warning
-- (docs/database.md).
do $$
begin
  execute format('revoke temporary on database %I from public, tenantry_app', current_database());
  execute 'revoke execute on function pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea) from public';
end
$$;

-- Replicas check as the platform role that every migration is applied.
do $$
begin
  if to_regclass('public._prisma_migrations') is not null then
    grant select on public._prisma_migrations to tenantry_platform;
  end if;
end
$$;
