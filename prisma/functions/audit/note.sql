-- Returns who does what: the note that the request sent, or the role of the database.
-- execute: owner
--
-- A `return` body without settings of its own is inlined and costs no call.
create function audit.note() returns jsonb
  language sql stable
  return coalesce(nullif(current_setting('app.audit', true), '')::jsonb, jsonb_build_object('actorKind', 'system', 'actorName', session_user));
