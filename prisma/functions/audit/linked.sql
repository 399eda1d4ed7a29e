-- Returns the hash of each content, of which each is computed from the hash before it; the first from `previous`.
-- execute: owner
create function audit.linked(previous bytea, contents text[]) returns bytea[]
  language plpgsql immutable parallel safe
  as $$
declare
  hashes bytea[] := '{}';
  content text;
begin
  foreach content in array contents loop
    previous := sha256(previous || convert_to(content, 'UTF8'));
    hashes := hashes || previous;
  end loop;
  return hashes;
end
$$;
