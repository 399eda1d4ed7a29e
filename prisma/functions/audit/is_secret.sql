-- Reports whether the value under a name is masked in the audit log: a column, or a key of a JSON document.
-- execute: tenantry_platform
--
-- A `return` body without settings of its own is inlined and costs no call.
create function audit.is_secret(name text) returns boolean
  language sql immutable parallel safe
  return name ~ audit.secret_names() and name !~ '_(at|days|attempts|enabled|required)$';
