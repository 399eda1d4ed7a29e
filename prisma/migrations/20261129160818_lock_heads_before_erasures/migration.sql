CREATE OR REPLACE FUNCTION audit.lock_heads(chains uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
begin
  insert into audit.heads (chain) select c from unnest(chains) c order by c on conflict do nothing;
  perform from audit.heads h where h.chain = any(chains) order by h.chain for update;
end
$function$
;

grant execute on function audit.lock_heads(uuid[]) to tenantry_platform;
comment on function audit.lock_heads(uuid[]) is 'Locks the last events of chains until the transaction ends: nothing is added to the chains meanwhile.';
