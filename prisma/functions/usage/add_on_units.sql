-- Returns the units that add-ons add to the limit of a meter, at most the largest integer that JSON can hold exactly.
-- execute: tenantry_platform
--
-- The cap keeps one organization from breaking a query over all of them. `add_ons`: as in a subscription; `per_unit`: for
-- each add-on, the units that one piece of it adds, by meter.
create function usage.add_on_units(add_ons jsonb, per_unit jsonb, meter text) returns bigint
  language sql immutable parallel safe
  set search_path = pg_catalog
  as $$
select least(coalesce(sum(a.quantity * (per_unit -> a.key ->> meter)::numeric), 0), 9007199254740991)::bigint from jsonb_to_recordset(add_ons) as a (key text, quantity numeric)
$$;
