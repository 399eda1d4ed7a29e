-- The organizations that transactions erase; a row lives until audit.chain() has erased the events of the organization.
-- access: owner
--
-- Only the trigger audit.begin_erasing() adds rows. A setting of the session could not prove an erasure: any role can set it.
create table audit.erasing (
  xid xid8 not null default pg_current_xact_id(),
  organization_id uuid not null,
  primary key (xid, organization_id)
);

alter table audit.erasing enable row level security;
alter table audit.erasing force row level security;
revoke all on table audit.erasing from public, tenantry_app, tenantry_platform;
create policy recorder on audit.erasing to current_user using (true) with check (true);
