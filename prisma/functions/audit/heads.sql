-- The last event of each chain; its row lock puts the events of an organization in order.
-- access: tenantry_platform reads all
--
-- The chain of the platform has the nil UUID. Pages have room for the next version of each row, so that no index changes.
create table audit.heads (
  chain uuid not null primary key,
  sequence bigint not null default 0,
  hash bytea not null default decode(repeat('00', 32), 'hex'),
  -- The hash before the last event.
  previous_hash bytea,
  -- The time of the last event. No later event has an earlier time, even if the clock was set back.
  occurred_at timestamptz(3) not null default '-infinity',
  -- False when the organization does not record its changes (security policy, auditLogsEnabled).
  recording boolean not null default true,
  -- When the organization was erased.
  erased_at timestamptz,
  -- The last event that a checkpoint names (audit.checkpoints).
  checkpointed bigint not null default 0,
  -- The last event that the retention has removed (audit.log_retention), and its hash. A checkpoint says the same.
  removed bigint not null default 0,
  removed_hash bytea
) with (fillfactor = 50);

alter table audit.heads enable row level security;
alter table audit.heads force row level security;
revoke all on table audit.heads from public, tenantry_app, tenantry_platform;
create policy recorder on audit.heads to current_user using (true) with check (true);
create policy platform on audit.heads for select to tenantry_platform using (true);
grant select on audit.heads to tenantry_platform;
