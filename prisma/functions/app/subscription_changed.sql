-- Trigger: increments the access version of an organization when its bought seats or add-ons change.
-- execute: owner
create function app.subscription_changed() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  if tg_op = 'INSERT' or new.seats is distinct from old.seats or new.add_ons is distinct from old.add_ons then
    perform app.raise_access_version(new.organization_id);
  end if;
  return null;
end
$$;

create trigger subscription_changed after insert or update of seats, add_ons on public.subscriptions for each row execute function app.subscription_changed();
