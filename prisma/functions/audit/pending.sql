-- The changes of running transactions; a row lives until its transaction commits.
-- access: owner
--
-- Unlogged: after a crash of the server no transaction is running.
create unlogged table audit.pending (
  position bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  -- Null until the transaction commits, when the organization is not known from the row.
  chain uuid,
  relation text not null,
  row_id text,
  operation text not null,
  before jsonb,
  after jsonb,
  recording boolean,
  -- Recorded also while the organization does not record its changes.
  always boolean not null default false,
  -- Changed by somebody whom the organization must not learn about (audit.conceal).
  concealed boolean not null default false,
  -- The bytes of before and after.
  size integer not null default 0,
  constraint pending_pkey primary key (xid, position)
);

alter table audit.pending enable row level security;
alter table audit.pending force row level security;
revoke all on table audit.pending from public, tenantry_app, tenantry_platform;
create policy recorder on audit.pending to current_user using (true) with check (true);
