-- Trigger: refuses to remove, disable or delete the last operator.
-- execute: owner
--
-- An operator is a platform administrator who is not disabled. The lock of app.require_operator makes parallel removals run one after another;
-- each of them then sees the ones before it. The message names the rule: src/database/database-errors.ts recognizes it.
create function app.keep_an_operator() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if tg_table_name = 'users' then
    if not exists (select from public.platform_admins a where a.user_id = new.id) then return null; end if;
  end if;
  perform pg_advisory_xact_lock(app.operators_key());
  if not exists (select from public.platform_admins a join public.users u on u.id = a.user_id where u.disabled_at is null) then
    raise exception 'last_operator: the platform needs an operator who is not disabled' using errcode = 'restrict_violation';
  end if;
  return null;
end
$$;

create trigger keep_an_operator after delete on public.platform_admins for each row execute function app.keep_an_operator();
create trigger keep_an_operator after update of disabled_at on public.users for each row
  when (old.disabled_at is null and new.disabled_at is not null) execute function app.keep_an_operator();
