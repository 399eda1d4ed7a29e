-- Returns the payload of the token of a checkpoint, without looking at its signature.
-- execute: owner
create function audit.checkpoint_content(token text) returns jsonb
  language sql immutable parallel safe
  return convert_from(decode(rpad(translate(split_part(token, '.', 2), '-_', '+/'), (length(split_part(token, '.', 2)) + 3) / 4 * 4, '='), 'base64'), 'UTF8')::jsonb;
