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
