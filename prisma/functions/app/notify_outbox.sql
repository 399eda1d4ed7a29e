-- Trigger: wakes the delivery of mail after new mail was committed.
-- execute: owner
--
-- PostgreSQL delivers the notification when the writing transaction commits.
create function app.notify_outbox() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  perform pg_notify('tenantry_outbox', '');
  return null;
end
$$;

create trigger notify_outbox after insert on public.mail_messages for each statement execute function app.notify_outbox();
