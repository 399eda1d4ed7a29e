-- AlterTable
ALTER TABLE "event_streams" ADD COLUMN     "closed_at" TIMESTAMPTZ(3),
ADD COLUMN     "kept_after" BIGINT NOT NULL DEFAULT 0;

CREATE OR REPLACE FUNCTION app.announce_events()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.event_changes (organization_id, relation, operation, occurred_at)
    select distinct a.organization_id, 'domain_events', 'insert', clock_timestamp()
      from added a
     where a.sequence is null and exists (select from public.event_streams s where s.organization_id = a.organization_id and s.closed_at is null offset 0);
  if found then perform pg_notify('tenantry_events', ''); end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION audit.hand_over()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into public.event_changes (organization_id, relation, row_id, operation, before, after, occurred_at)
    select t.chain, t.relation, t.row_id, t.operation, t.before, t.after, t.occurred_at
      from (select d.*, max(d.position) over (partition by d.chain, d.xid) as last
              from taken d
             where d.operation is not null and exists (select from public.event_streams s where s.organization_id = d.chain and s.closed_at is null offset 0)) t
     order by t.last, t.position;
  if found then perform pg_notify('tenantry_events', ''); end if;
  return null;
end
$function$
;

CREATE TRIGGER announce_events AFTER INSERT ON public.domain_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.announce_events();

comment on function app.announce_events() is 'Trigger: says in event_changes that events of usage and billing wait for their numbers.';
