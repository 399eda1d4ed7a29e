-- Returns a JSON document with every secret replaced by "[redacted]", at any depth.
-- execute: owner
--
-- Secrets are values under the names of audit.is_secret(), and every bytea. It has no search_path of its own, because that costs with
-- each call; only functions that set one call it.
create function audit.redacted(document jsonb) returns jsonb
  language plpgsql immutable parallel safe strict
  as $$
begin
  return case jsonb_typeof(document)
    when 'object' then (
      select coalesce(jsonb_object_agg(key,
               case when jsonb_typeof(value) = 'null' then value
                    when jsonb_typeof(value) = 'string' and starts_with(value #>> '{}', '\x') then '"[redacted]"'
                    when audit.is_secret(key) then '"[redacted]"'
                    when jsonb_typeof(value) in ('object', 'array') then audit.redacted(value)
                    else value end), '{}')
        from jsonb_each(document))
    when 'array' then (
      select coalesce(jsonb_agg(case when jsonb_typeof(value) = 'string' and starts_with(value #>> '{}', '\x') then '"[redacted]"'
                                     when jsonb_typeof(value) in ('object', 'array') then audit.redacted(value) else value end order by n), '[]')
        from jsonb_array_elements(document) with ordinality as each (value, n))
    else document end;
end
$$;
