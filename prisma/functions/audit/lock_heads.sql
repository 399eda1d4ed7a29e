-- Locks the last events of chains until the transaction ends: nothing is added to the chains meanwhile.
-- execute: tenantry_platform
--
-- Lock them before the organizations that you erase. audit.chain() locks a head first, and then hands changes over to the stream of the organization, whose rows
-- reference it (audit.hand_over).
create function audit.lock_heads(chains uuid[]) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  insert into audit.heads (chain) select c from unnest(chains) c order by c on conflict do nothing;
  perform from audit.heads h where h.chain = any(chains) order by h.chain for update;
end
$$;
