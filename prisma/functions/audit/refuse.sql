-- Records refused requests: an array of {organizationId, code, times, waited, ...note}; `waited` in milliseconds.
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
  note jsonb;
begin
  lock table audit.erased_persons in row exclusive mode;
  for each in
    select coalesce((value ->> 'organizationId')::uuid, '00000000-0000-0000-0000-000000000000') as chain, value ->> 'code' as code, (value ->> 'times')::integer as times,
           statement_timestamp() - make_interval(secs => coalesce((value ->> 'waited')::float8, 0) / 1000) as since, value - 'code' - 'times' - 'waited' as note
      from jsonb_array_elements(refusals) with ordinality as r (value, n) order by 1, n
  loop
    -- Waits for the erasure of the organization (audit.begin_erasing).
    insert into audit.heads (chain) select each.chain where not exists (select from audit.heads h where h.chain = each.chain) on conflict do nothing;
    select h.erased_at into erased from audit.heads h where h.chain = each.chain for update;
    note := each.note;
    if erased >= each.since or exists (select from audit.erasing e where e.organization_id = each.chain) or exists (
      select from audit.erased_persons p
       where p.erased_at >= each.since and p.person in (note ->> 'actorId', encode(sha256(convert_to(lower(note ->> 'actorName'), 'UTF8')), 'hex'))
    ) then
      note := note - '{actorName,ip,userAgent}'::text[];
    end if;
    insert into audit.pending (chain, code, times, note) values (each.chain, each.code, each.times, note);
  end loop;
end
$$;
