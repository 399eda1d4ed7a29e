-- Reports whether this transaction erases an organization permanently.
-- execute: owner
create function audit.is_erasing(organization_id uuid) returns boolean
  language sql stable
  as $$ select coalesce(strpos(current_setting('app.audit_erasing', true), organization_id::text) > 0, false) $$;
