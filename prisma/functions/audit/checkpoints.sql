-- Signed statements of the ends of the chains (docs/audit.md#checkpoints).
-- access: tenantry_platform reads all
create table audit.checkpoints (
  -- Without gaps.
  number bigint not null primary key,
  -- A JSON Web Signature (RFC 7515) in compact serialization. Its payload names the ends of the chains that have grown, and the hash of the checkpoint before it.
  token text not null,
  made_at timestamptz not null default clock_timestamp(),
  -- When it was stored outside of the database.
  exported_at timestamptz,
  -- When the retention had removed the events that it names.
  expired_at timestamptz
);
create index checkpoints_export_idx on audit.checkpoints (number) where exported_at is null;
create index checkpoints_expiry_idx on audit.checkpoints (number) where expired_at is null;

alter table audit.checkpoints enable row level security;
alter table audit.checkpoints force row level security;
revoke all on table audit.checkpoints from public, tenantry_app, tenantry_platform;
create policy recorder on audit.checkpoints to current_user using (true) with check (true);
create policy platform on audit.checkpoints for select to tenantry_platform using (true);
grant select on audit.checkpoints to tenantry_platform;
