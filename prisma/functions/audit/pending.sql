-- The changed rows and the refusals that are not in a chain yet. A row is committed with its change; audit.chain() turns the rows of a transaction into events.
-- access: tenantry_platform reads all
--
-- Nobody but the owner of the tables writes, and only through the functions of this schema. Not unlogged: the rows must survive a crash of the server.
create table audit.pending (
  position bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  occurred_at timestamptz not null default clock_timestamp(),
  -- Null when neither the row nor the request says to which organization the change belongs: audit.chain() finds it among the other rows of the transaction.
  chain uuid,
  -- Null for a refusal, as the next two.
  relation text,
  row_id text,
  operation text,
  before jsonb,
  after jsonb,
  -- The bytes of before and after.
  size integer not null default 0,
  recording boolean,
  -- Recorded also while the organization does not record its changes.
  always boolean not null default false,
  -- Changed by somebody whom the organization must not learn about (audit.conceal).
  concealed boolean not null default false,
  -- The code of a refusal, and how often it occurred. Null for a change.
  code text,
  times integer not null default 1,
  -- Who does what (audit.note).
  note jsonb not null default audit.note(),
  constraint pending_pkey primary key (xid, position)
);

alter table audit.pending enable row level security;
alter table audit.pending force row level security;
revoke all on table audit.pending from public, tenantry_app, tenantry_platform;
create policy recorder on audit.pending to current_user using (true) with check (true);
create policy platform on audit.pending for select to tenantry_platform using (true);
grant select on audit.pending to tenantry_platform;
