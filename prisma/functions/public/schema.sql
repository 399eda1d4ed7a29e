-- The schema of the tables: only the owner creates objects, and no function is executable unless its file grants it.
-- access: tenantry_app, tenantry_platform (usage)
revoke create on schema public from public;
grant usage on schema public to tenantry_app, tenantry_platform;
alter default privileges revoke execute on functions from public;

-- Nobody but the owner creates temporary objects or large objects in the database, because they belong to no tenant; and no role ends
-- connections, which serve other tenants. Only a superuser can revoke functions of PostgreSQL: without one, it is done by hand
-- (docs/database.md), possibly before this.
do $$
begin
  execute format('revoke temporary on database %I from public, tenantry_app', current_database());
end
$$;
do $$
begin
  revoke execute on function pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea),
    pg_catalog.pg_cancel_backend(integer), pg_catalog.pg_terminate_backend(integer, bigint) from public;
  grant execute on function pg_catalog.pg_cancel_backend(integer), pg_catalog.pg_terminate_backend(integer, bigint) to tenantry_platform;
exception
  when insufficient_privilege then null; -- revoked before
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
