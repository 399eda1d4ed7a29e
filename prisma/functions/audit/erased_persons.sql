-- The persons who were erased from the audit log, for as long as refused requests from before may still be written.
-- access: owner
create table audit.erased_persons (
  -- The id of the user, or the SHA-256 of the email address.
  person text not null primary key,
  erased_at timestamptz not null
);

alter table audit.erased_persons enable row level security;
alter table audit.erased_persons force row level security;
revoke all on table audit.erased_persons from public, tenantry_app, tenantry_platform;
create policy recorder on audit.erased_persons to current_user using (true) with check (true);
