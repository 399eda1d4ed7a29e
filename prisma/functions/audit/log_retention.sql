-- For how many days the audit log keeps events. Without a row, it keeps them forever.
-- access: tenantry_platform reads all
--
-- Only the owner of the tables writes (`tenantry audit:retention`): no server can shorten the log. Each change is an event of the platform.
create table audit.log_retention (
  only_row boolean not null primary key default true check (only_row),
  days integer not null check (days >= 30)
);

alter table audit.log_retention enable row level security;
alter table audit.log_retention force row level security;
revoke all on table audit.log_retention from public, tenantry_app, tenantry_platform;
create policy owner on audit.log_retention to current_user using (true) with check (true);
create policy platform on audit.log_retention for select to tenantry_platform using (true);
grant select on audit.log_retention to tenantry_platform;

select audit.watch('audit.log_retention', always => '{*}');
