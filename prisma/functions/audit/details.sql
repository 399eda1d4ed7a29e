-- The changed rows of audit events.
-- access: tenantry_app reads those of its organization, tenantry_platform reads all
--
-- Next to the chain because they are personal data: the chain has a salted hash of them, and remains valid after erasure.
create table audit.details (
  organization_id uuid,
  event_id uuid not null primary key,
  salt bytea not null,
  changes jsonb not null
);
create index details_organization_idx on audit.details (organization_id);

alter table audit.details enable row level security;
alter table audit.details force row level security;
revoke all on table audit.details from public, tenantry_app, tenantry_platform;
create policy tenant on audit.details for select to tenantry_app using (organization_id = (select app.current_organization_id()));
create policy platform on audit.details for select to tenantry_platform using (true);
grant select on table audit.details to tenantry_app, tenantry_platform;
create policy recorder_reads on audit.details for select to current_user using (true);
create policy recorder_adds on audit.details for insert to current_user with check (true);
create policy recorder_erases on audit.details for delete to current_user using (true);
