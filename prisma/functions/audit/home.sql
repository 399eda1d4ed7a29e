-- Returns the organization of the request; null when there is none. Changes of rows that belong to no organization (users, sessions) are recorded in it.
-- execute: owner
--
-- The note of the application role does not choose the organization.
create function audit.home(note jsonb) returns uuid
  language sql stable
  return coalesce(case when pg_has_role(session_user, 'tenantry_platform', 'usage') then nullif(note ->> 'organizationId', '') end,
                  nullif(current_setting('app.current_organization_id', true), ''))::uuid;
