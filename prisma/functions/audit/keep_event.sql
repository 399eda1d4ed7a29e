-- Trigger: refuses an update of an event that does more than erase its actor or its details.
-- execute: owner
create function audit.keep_event() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  actor constant text[] := '{actor_salt,actor_name,ip,user_agent}';
  details constant text[] := '{details_salt,details}';
begin
  if to_jsonb(new) - actor - details = to_jsonb(old) - actor - details
    and (num_nonnulls(new.actor_salt, new.actor_name, new.ip, new.user_agent) = 0
         or (new.actor_salt, new.actor_name, new.ip, new.user_agent) is not distinct from (old.actor_salt, old.actor_name, old.ip, old.user_agent))
    and (num_nonnulls(new.details_salt, new.details) = 0 or (new.details_salt, new.details) is not distinct from (old.details_salt, old.details))
  then
    return new;
  end if;
  raise exception 'An audit event cannot be changed' using errcode = '42501';
end
$$;

create trigger keep before update on audit.events for each row execute function audit.keep_event();
