-- Trigger: refuses to delete a user or an organization under a legal hold.
-- execute: owner
--
-- A hold is placed under a lock of the row, so that a deletion that runs at the same time sees the hold, or is complete before it. The message names the rule:
-- src/database/legal-holds.ts recognizes it.
create function app.keep_held() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if app.is_held(old.id) then
    raise exception 'under_legal_hold: % is under a legal hold; release it before you delete it', tg_table_name using errcode = 'restrict_violation';
  end if;
  return old;
end
$$;

create trigger keep_held before delete on public.users for each row execute function app.keep_held();
create trigger keep_held before delete on public.organizations for each row execute function app.keep_held();
