-- Trigger: makes a delivery for each webhook that receives an event, when the event gets its number.
-- execute: owner
--
-- In the transaction that numbers the events: an event in the log has its deliveries, and none is made twice. It runs with the rights of the writer, tenantry_platform.
create function app.plan_webhook_deliveries() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  -- `key share`: a webhook that is being deleted is not one any longer when its deletion is committed.
  with receivers as (
    select w.id, w.sent_types from public.webhooks w where w.organization_id = new.organization_id and w.enabled for key share),
  planned as (
    insert into public.webhook_deliveries (organization_id, id, webhook_id, event_id, event_type, sequence)
    select new.organization_id, usage.new_id(clock_timestamp()), r.id, e.id, e.type, e.sequence
      from receivers r
      join public.domain_events e on e.organization_id = new.organization_id and e.sequence > old.sequence and e.sequence <= new.sequence
       and e.type = any(r.sent_types)
    returning webhook_id),
  waiting as (
    select q.id from public.webhook_queues q where q.organization_id = new.organization_id and q.id in (select webhook_id from planned) order by q.id for update)
  update public.webhook_queues q set due_at = least(q.due_at, now()) from waiting w where q.organization_id = new.organization_id and q.id = w.id;
  if found then perform pg_notify('tenantry_webhooks', ''); end if;
  return null;
end
$$;

create trigger plan_webhook_deliveries after update on public.event_streams for each row when (new.sequence > old.sequence) execute function app.plan_webhook_deliveries();
