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
             where d.operation is not null and exists (select from public.event_streams s where s.organization_id = d.chain offset 0)) t
     order by t.last, t.position;
  if found then perform pg_notify('tenantry_events', ''); end if;
  return null;
end
$function$
;
