-- Reports whether the value under a name is masked in the audit log: a column, or a key of a JSON document.
-- execute: owner
--
-- A `return` body without settings of its own is inlined and costs no call.
create function audit.is_secret(name text) returns boolean
  language sql immutable parallel safe
  return (name ~ 'hash|secret|token|sealed|password|content|private' and name !~ '_(at|days|attempts|enabled|required)$')
    -- Only members who manage billing may see the recipient of invoices; readers of the log may not be among them.
    or name in ('billing_email', 'billing_address', 'tax_id', 'billed_to');
