-- Whether the operator receives the events of all organizations: by a webhook of the platform, or a sink.
-- execute: tenantry_platform
--
-- Then every change becomes an event, also of organizations that do not read theirs.
create function app.is_read_by_platform() returns boolean
  language sql stable
  set search_path = pg_catalog
  as $$
select exists (select from public.platform_webhooks) or exists (select from public.event_sinks)
$$;
