-- The actors of audit events: who it was, and from where.
-- access: tenantry_app reads those of its organization, tenantry_platform reads all
--
-- Next to the chain because they are personal data: the chain has a salted hash of them, and remains valid after erasure.
create table audit.actors (
  organization_id uuid,
  event_id uuid not null primary key,
  salt bytea not null,
  name text,
  ip text,
  user_agent text
);
create index actors_organization_idx on audit.actors (organization_id);

alter table audit.actors enable row level security;
alter table audit.actors force row level security;
revoke all on table audit.actors from public, tenantry_app, tenantry_platform;
create policy tenant on audit.actors for select to tenantry_app using (organization_id = (select app.current_organization_id()));
create policy platform on audit.actors for select to tenantry_platform using (true);
grant select on table audit.actors to tenantry_app, tenantry_platform;
create policy recorder_reads on audit.actors for select to current_user using (true);
create policy recorder_adds on audit.actors for insert to current_user with check (true);
create policy recorder_erases on audit.actors for delete to current_user using (true);
