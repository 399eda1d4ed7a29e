-- Adds a checkpoint, and notes in the heads which events it names.
-- execute: tenantry_platform
create function audit.add_checkpoint(number bigint, token text, chains uuid[], sequences bigint[]) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  -- In the order in which audit.chain() locks them.
  perform from audit.heads h where h.chain = any(chains) order by h.chain for update;
  insert into audit.checkpoints (number, token) values (add_checkpoint.number, add_checkpoint.token);
  update audit.heads h set checkpointed = c.sequence from unnest(chains, sequences) as c (chain, sequence) where h.chain = c.chain;
end
$$;
