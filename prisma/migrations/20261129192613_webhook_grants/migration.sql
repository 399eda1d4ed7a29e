-- AlterEnum
ALTER TYPE "webhook_end" ADD VALUE 'not_permitted';

-- DropForeignKey
ALTER TABLE "webhook_deliveries" DROP CONSTRAINT "webhook_deliveries_organization_id_webhook_id_fkey";

-- AlterTable
ALTER TABLE "webhooks" ADD COLUMN     "granted_by_id" UUID,
ADD COLUMN     "sent_types" TEXT[] DEFAULT ARRAY[]::TEXT[];

drop index public.webhook_queues_due_idx;

CREATE OR REPLACE FUNCTION app.plan_webhook_deliveries()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
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
$function$
;

CREATE INDEX webhook_queues_due_idx ON public.webhook_queues USING btree (slow, due_at) WHERE (due_at IS NOT NULL);
select audit.watch('public.webhooks');

alter table public.webhooks alter column sent_types set not null;
