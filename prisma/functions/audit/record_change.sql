-- Records a change in the audit log of an organization when no trigger of a table does, in the transaction of the change.
-- execute: tenantry_platform
--
-- Without `before` it is an insert, without `after` a delete.
create function audit.record_change(organization uuid, of_table text, row_id text, before jsonb, after jsonb) returns void
  language sql security definer
  set search_path = pg_catalog, pg_temp
  as $$
insert into audit.pending (chain, relation, row_id, operation, before, after)
values (coalesce(organization, audit.home(audit.note())), of_table, row_id, case when before is null then 'insert' when after is null then 'delete' else 'update' end, before, after)
$$;
