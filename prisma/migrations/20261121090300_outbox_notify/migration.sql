-- Wakes the relay that moves new mail into the queue. PostgreSQL delivers it when the writing transaction commits.
create function app.notify_outbox() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  perform pg_notify('tenantry_outbox', '');
  return null;
end
$$;

create trigger notify_outbox after insert on mail_messages for each statement execute function app.notify_outbox();
