-- The schema of the limit: the tables of tenantry that the operations touch, with forced row security by the same rule. Reads return the fields that
-- tenantry's do.
create table organizations (
  id uuid primary key, name text not null, slug text not null unique, display_name text, description text, email text, phone text, website text, address jsonb,
  timezone text not null default 'UTC', locale text not null default 'en', organization_type text, industry text, size_category text, plan text not null,
  status text not null default 'active', is_verified boolean not null default false, is_demo boolean not null default false, maintenance_mode boolean not null default false,
  version integer not null default 1, created_at timestamptz not null default now(), updated_at timestamptz not null default now(), deleted_at timestamptz, erase_after timestamptz
);
create table users (id uuid primary key, email text not null unique, name text not null, password_hash text not null);
create table memberships (
  organization_id uuid not null references organizations, user_id uuid not null references users, role text not null, created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(), primary key (organization_id, user_id)
);
create index on memberships (user_id);
create index on memberships (organization_id, created_at, user_id);
create table custom_roles (organization_id uuid not null references organizations, id uuid not null, key text not null, primary key (organization_id, id));
create table member_roles (organization_id uuid not null, user_id uuid not null, role_id uuid not null, primary key (organization_id, user_id, role_id));
create table teams (organization_id uuid not null references organizations, id uuid not null, name text not null, primary key (organization_id, id));
create table team_members (organization_id uuid not null, user_id uuid not null, team_id uuid not null, primary key (organization_id, user_id, team_id));
create table sessions (id uuid primary key, user_id uuid not null references users, expires_at timestamptz not null);
create table invitations (
  organization_id uuid not null references organizations, id uuid not null default gen_random_uuid(), email text not null, role text not null,
  invited_by_id uuid not null, created_at timestamptz not null default now(), primary key (organization_id, id)
);
create table projects (
  organization_id uuid not null references organizations, id uuid not null default gen_random_uuid(), name text not null, description text, assignee_id uuid,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), primary key (organization_id, id)
);
create table settings (organization_id uuid primary key references organizations, document jsonb not null, version integer not null default 1);
create table meter_totals (organization_id uuid not null references organizations, meter text not null, used bigint not null, allowance bigint not null, primary key (organization_id, meter));
create table usage_events (
  organization_id uuid not null references organizations, id text not null, meter text not null, quantity bigint not null, occurred_at timestamptz not null, user_id uuid,
  primary key (organization_id, id)
);
create index on usage_events (organization_id, meter, occurred_at);

create function current_organization_id() returns uuid language sql stable as $$ select current_setting('app.organization_id')::uuid $$;

do $$
declare tenant_table text;
begin
  foreach tenant_table in array array['organizations', 'memberships', 'custom_roles', 'member_roles', 'teams', 'team_members', 'invitations', 'projects', 'settings', 'meter_totals', 'usage_events'] loop
    execute format('alter table %I enable row level security, force row level security', tenant_table);
    execute format('create policy tenant on %I using (%I = (select current_organization_id()))', tenant_table, case tenant_table when 'organizations' then 'id' else 'organization_id' end);
  end loop;
end $$;
alter table users enable row level security, force row level security;
create policy tenant on users using (exists (select from memberships m where m.user_id = users.id and m.organization_id = (select current_organization_id())));
-- Without a tenant: by the signed-in user, and by the email address at login.
create policy own on users using (id = nullif(current_setting('app.user_id', true), '')::uuid or email = current_setting('app.email', true));

-- Each function binds the tenant and runs the statement of its operation. A request calls one of them, in one round trip.

create function current_organization(organization uuid, person uuid) returns setof organizations language plpgsql as $$ begin
  perform set_config('app.organization_id', organization::text, true);
  return query select o.* from organizations o where o.id = organization and exists (select from memberships m where m.organization_id = organization and m.user_id = person);
end $$;

create function list_members(organization uuid, person uuid, number integer)
returns table (user_id uuid, email text, name text, role text, custom_roles text[], teams jsonb, created_at timestamptz, updated_at timestamptz) language plpgsql as $$ begin
  perform set_config('app.organization_id', organization::text, true);
  return query select m.user_id, u.email, u.name, m.role,
      array(select r.key from member_roles mr join custom_roles r on r.organization_id = mr.organization_id and r.id = mr.role_id
        where mr.organization_id = organization and mr.user_id = m.user_id),
      (select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name)), '[]') from team_members tm join teams t on t.organization_id = tm.organization_id and t.id = tm.team_id
        where tm.organization_id = organization and tm.user_id = m.user_id),
      m.created_at, m.updated_at
    from memberships m join users u on u.id = m.user_id
    where m.organization_id = organization and exists (select from memberships own where own.organization_id = organization and own.user_id = person)
    order by m.created_at, m.user_id limit number;
end $$;

create function role_of(organization uuid, person uuid) returns text language plpgsql as $$ begin
  perform set_config('app.organization_id', organization::text, true);
  return (select m.role from memberships m where m.organization_id = organization and m.user_id = person);
end $$;

create function session_of(session uuid, person uuid) returns table (id uuid, email text, name text, expires_at timestamptz) language plpgsql as $$ begin
  perform set_config('app.organization_id', '00000000-0000-0000-0000-000000000000', true), set_config('app.user_id', person::text, true);
  return query select u.id, u.email, u.name, s.expires_at from sessions s join users u on u.id = s.user_id where s.id = session and s.user_id = person and s.expires_at > now();
end $$;

create function invite(organization uuid, person uuid, address text, new_role text) returns setof invitations language plpgsql as $$ begin
  perform set_config('app.organization_id', organization::text, true);
  return query insert into invitations (organization_id, email, role, invited_by_id)
    select organization, address, new_role, person from memberships m where m.organization_id = organization and m.user_id = person and m.role = 'owner' returning *;
end $$;

create function read_project(organization uuid, person uuid, project uuid) returns setof projects language plpgsql as $$ begin
  perform set_config('app.organization_id', organization::text, true);
  return query select p.* from projects p where p.organization_id = organization and p.id = project
    and exists (select from memberships m where m.organization_id = organization and m.user_id = person);
end $$;

create function create_project(organization uuid, person uuid, title text) returns setof projects language plpgsql as $$ begin
  perform set_config('app.organization_id', organization::text, true);
  return query insert into projects (organization_id, name)
    select organization, title from memberships m where m.organization_id = organization and m.user_id = person returning *;
end $$;

create function change_settings(organization uuid, person uuid, change jsonb) returns setof settings language plpgsql as $$ begin
  perform set_config('app.organization_id', organization::text, true);
  return query update settings s set document = s.document || change, version = s.version + 1 where s.organization_id = organization
    and exists (select from memberships m where m.organization_id = organization and m.user_id = person and m.role = 'owner') returning s.*;
end $$;

create function consume(organization uuid, person uuid, kind text, amount bigint) returns table (used bigint, allowance bigint) language plpgsql as $$ begin
  perform set_config('app.organization_id', organization::text, true);
  return query update meter_totals t set used = t.used + amount where t.organization_id = organization and t.meter = kind and t.used + amount <= t.allowance
    and exists (select from memberships m where m.organization_id = organization and m.user_id = person) returning t.used, t.allowance;
end $$;

create function record_events(organization uuid, person uuid, ids text[], meters text[], quantities bigint[]) returns bigint language plpgsql as $$
declare accepted bigint; begin
  perform set_config('app.organization_id', organization::text, true);
  with added as (
    insert into usage_events (organization_id, id, meter, quantity, occurred_at, user_id)
    select organization, e.id, e.meter, e.quantity, now(), person from unnest(ids, meters, quantities) as e (id, meter, quantity)
    where exists (select from memberships m where m.organization_id = organization and m.user_id = person)
    on conflict do nothing returning meter, quantity
  ), counted as (
    update meter_totals t set used = t.used + a.quantity from (select meter, sum(quantity)::bigint as quantity from added group by meter) a
    where t.organization_id = organization and t.meter = a.meter
  )
  select count(*) into accepted from added;
  return accepted;
end $$;

create function find_credential(address text) returns table (id uuid, password_hash text) language plpgsql as $$ begin
  perform set_config('app.organization_id', '00000000-0000-0000-0000-000000000000', true), set_config('app.email', address, true);
  return query select u.id, u.password_hash from users u where u.email = address;
end $$;
