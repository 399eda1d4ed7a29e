-- Reports whether this transaction erases an organization permanently.
-- execute: owner
create function audit.is_erasing(organization uuid) returns boolean
  language sql volatile
  as $$ select exists (select from audit.erasing e where e.xid = pg_current_xact_id() and e.organization_id = organization) $$;
