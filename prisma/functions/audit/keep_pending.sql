-- Trigger: refuses an update of a row that is not in a chain yet, except to conceal who changed it, and to erase a person from it.
-- execute: owner
create function audit.keep_pending() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  erasable constant text[] := '{note,before,after}';
begin
  if to_jsonb(new) - erasable - 'concealed' = to_jsonb(old) - erasable - 'concealed' and new.concealed >= old.concealed
    and new.note - '{actorName,ip,userAgent}'::text[] = old.note - '{actorName,ip,userAgent}'::text[] and old.note @> new.note
    and (num_nonnulls(new.before, new.after) = 0 or (new.before, new.after) is not distinct from (old.before, old.after))
  then
    return new;
  end if;
  raise exception 'An audit event cannot be changed' using errcode = '42501';
end
$$;

create trigger keep before update on audit.pending for each row execute function audit.keep_pending();
