-- The audit events: what happened, in one chain of hashes for each organization.
-- access: tenantry_app reads the events of its organization, tenantry_platform all
--
-- Events of the platform have no organization. Events outlive the organization.
create table audit.events (
  organization_id uuid,
  id uuid not null,
  sequence bigint not null,
  occurred_at timestamptz(3) not null,
  request_id text,
  -- `user`, `key`, `operator`, `job`, `system` or `anonymous`: audit.record() and audit.chain() check it, because each statement would initialize a check constraint.
  actor_kind text not null,
  actor_id text,
  action text not null,
  -- `done` or `refused`.
  outcome text not null,
  code text,
  -- Equal refusals within a moment are one event.
  times integer not null,
  target_table text,
  target_id text,
  -- The number of changed rows; the details list the first thousand, with their content up to 1 MB.
  changes integer not null,
  actor_hash bytea not null,
  details_hash bytea not null,
  previous_hash bytea not null,
  hash bytea not null,
  -- The actor and the origin. The columns from here on are personal data: the chain has a salted hash of each part, so it
  -- remains valid when a part is erased. The salt is null then, too.
  actor_salt bytea,
  actor_name text,
  ip text,
  user_agent text,
  -- The changed rows.
  details_salt bytea,
  details jsonb,
  constraint events_sequence_key unique nulls not distinct (organization_id, sequence)
);
-- Without a condition: each statement would initialize it.
create index events_action_idx on audit.events (organization_id, action, sequence);
create index events_actor_idx on audit.events (organization_id, actor_id, sequence);
create index events_target_idx on audit.events (organization_id, target_id, sequence);
create index events_refused_idx on audit.events (organization_id, sequence) where outcome = 'refused';
create index events_request_idx on audit.events (organization_id, request_id, sequence);
create index events_time_idx on audit.events (organization_id, occurred_at, sequence);

alter table audit.events enable row level security;
alter table audit.events force row level security;
revoke all on table audit.events from public, tenantry_app, tenantry_platform;
create policy tenant on audit.events for select to tenantry_app using (organization_id = (select app.current_organization_id()));
create policy platform on audit.events for select to tenantry_platform using (true);
grant select on table audit.events to tenantry_app, tenantry_platform;
create policy recorder_reads on audit.events for select to current_user using (true);
create policy recorder_adds on audit.events for insert to current_user with check (true);
create policy recorder_removes on audit.events for delete to current_user using (true);
create policy recorder_erases on audit.events for update to current_user using (true) with check (true);
