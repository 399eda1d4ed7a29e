-- Returns the pattern of the names of secrets: of a column, or of a key of a JSON document.
-- execute: tenantry_platform
--
-- Only members who manage billing may see the recipient of invoices; readers of the log may not be among them. Not anchored: audit.record() looks
-- for it in the text of a whole row.
create function audit.secret_names() returns text
  language sql immutable parallel safe
  return 'hash|secret|token|sealed|password|content|private|billing_email|billing_address|tax_id|billed_to';
