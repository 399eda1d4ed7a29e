-- Trigger: gives a user a new row version when they become an operator, or are one no longer.
-- execute: owner
--
-- Replicas remember what a session was allowed together with the versions of its rows (src/access/principal).
create function app.mark_user() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  update public.users set updated_at = updated_at where id = case tg_op when 'DELETE' then old.user_id else new.user_id end;
  return null;
end
$$;

create trigger mark_user after insert or update or delete on public.platform_admins for each row execute function app.mark_user();
