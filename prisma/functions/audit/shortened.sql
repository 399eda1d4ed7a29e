-- Returns a row as a JSON document in which "[too large]" stands for every value of more than 8 KB.
-- execute: owner
create function audit.shortened(document jsonb) returns jsonb
  language sql immutable parallel safe strict
  set search_path = pg_catalog
  as $$
select jsonb_object_agg(key, case when pg_column_size(value) > 8192 then '"[too large]"' else value end) from jsonb_each(document)
$$;
