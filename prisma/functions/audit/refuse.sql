-- Records refused requests: an array of {organizationId, code, times, waited, ...context}; `waited` in milliseconds.
-- execute: tenantry_platform
--
-- A refusal from before the erasure of its actor, or of its organization, is recorded without name, address and device. Its time counts from the
-- beginning of the statement, which may wait for an erasure.
create function audit.refuse(refusals jsonb) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  each record;
  erased timestamptz;
  context jsonb;
begin
  lock table audit.erased_persons in row exclusive mode;
  for each in
    select coalesce((value ->> 'organizationId')::uuid, '00000000-0000-0000-0000-000000000000') as chain, value ->> 'code' as code, (value ->> 'times')::integer as times,
           statement_timestamp() - make_interval(secs => coalesce((value ->> 'waited')::float8, 0) / 1000) as since, value - 'code' - 'times' - 'waited' as note
      from jsonb_array_elements(refusals) with ordinality as r (value, n) order by 1, n
  loop
    select h.erased_at into erased from audit.heads h where h.chain = each.chain for update;
    context := each.note;
    if erased >= each.since or exists (
      select from audit.erased_persons p
       where p.erased_at >= each.since and p.person in (context ->> 'actorId', encode(sha256(convert_to(lower(context ->> 'actorName'), 'UTF8')), 'hex'))
    ) then
      context := context - '{actorName,ip,userAgent}'::text[];
    end if;
    perform audit.append(each.chain, context, 'refused', each.code, each.times, null, null, 0, '[]', null, false);
  end loop;
end
$$;
