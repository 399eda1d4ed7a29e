-- Whether a user or an organization is under a legal hold.
-- execute: tenantry_platform
--
-- A `return` body without settings of its own is inlined and costs no call.
create function app.is_held(subject uuid) returns boolean
  language sql stable parallel safe
  return exists (select from public.legal_holds h where h.subject_id = subject);
