-- Grants a role the sequences that fill the columns of a table (serial, identity).
-- execute: owner
create function app.grant_sequences(target regclass, grantee name) returns void
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  sequence regclass;
begin
  for sequence in
    select d.objid::regclass from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S'
     where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = target and d.deptype in ('a', 'i')
  loop
    execute format('grant usage on sequence %s to %I', sequence, grantee);
  end loop;
end
$$;
