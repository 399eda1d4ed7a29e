-- Records refused requests: an array of {organizationId, code, times, ...context}.
-- execute: tenantry_platform
create function audit.refuse(refusals jsonb) returns void
  language plpgsql security definer
  set search_path = pg_catalog
  as $$
declare
  each record;
begin
  for each in
    select coalesce((value ->> 'organizationId')::uuid, '00000000-0000-0000-0000-000000000000') as chain, value ->> 'code' as code, (value ->> 'times')::integer as times, value - 'code' - 'times' as context
      from jsonb_array_elements(refusals) with ordinality as r (value, n) order by 1, n
  loop
    perform audit.append(each.chain, each.context, 'refused', each.code, each.times, null, null, 0, '[]', null);
  end loop;
end
$$;
