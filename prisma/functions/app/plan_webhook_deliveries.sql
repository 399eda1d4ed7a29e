-- Trigger: makes a delivery for each webhook that receives an event, when the event gets its number.
-- execute: owner
--
-- In the transaction that numbers the events: an event in the log has its deliveries, and none is made twice. It runs with the rights of the writer, tenantry_platform.
-- Webhooks of the platform receive the events of all organizations. An organization can number events that are older than the webhook, which does not receive these.
create function app.plan_webhook_deliveries() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  planned boolean;
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
  planned := found;
  with receivers as (
    select w.id, w.sent_types, w.created_at from public.platform_webhooks w where w.enabled for key share),
  planned as (
    insert into public.webhook_deliveries (organization_id, id, webhook_id, of_platform, event_id, event_type, sequence)
    select new.organization_id, usage.new_id(clock_timestamp()), r.id, true, e.id, e.type, e.sequence
      from receivers r
      join public.domain_events e on e.organization_id = new.organization_id and e.sequence > old.sequence and e.sequence <= new.sequence
       and (r.sent_types = '{}' or e.type = any(r.sent_types)) and e.occurred_at >= r.created_at
    returning webhook_id)
  insert into public.platform_webhook_queues as q (organization_id, id, due_at) select distinct new.organization_id, p.webhook_id, now() from planned p order by p.webhook_id
  on conflict (organization_id, id) do update set due_at = least(q.due_at, excluded.due_at);
  if planned or found then perform pg_notify('tenantry_webhooks', ''); end if;
  return null;
end
$$;

create trigger plan_webhook_deliveries after update on public.event_streams for each row when (new.sequence > old.sequence) execute function app.plan_webhook_deliveries();
