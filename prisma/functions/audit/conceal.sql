-- Hides the actor of this transaction from the organizations in which it has changed only rows of these users.
-- execute: tenantry_platform
--
-- A person who proves a mailbox ends the claims of other accounts on it. The organizations of these accounts learn that the claim ended, but
-- not who ended it, from which address and with which device.
create function audit.conceal(users uuid[]) returns void
  language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$
update audit.pending p set concealed = true
 where p.xid = pg_current_xact_id() and p.chain is distinct from audit.home(audit.note())
   and exists (select from jsonb_each_text(coalesce(p.before, '{}') || jsonb_build_object('row_id', p.row_id)) v join unnest(conceal.users) u on position(u::text in v.value) > 0)
$$;
