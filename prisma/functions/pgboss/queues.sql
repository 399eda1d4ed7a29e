-- The queues of tenantry. A queue is a partition, and is therefore created by a migration, not at run time.
-- access: tenantry_platform
--
-- Provider events: ten attempts with growing pauses; the last one is about four hours after the first. A task of
-- tenantry, for example the comparison of everything with the provider, takes longer than one event.
select pgboss.create_queue('provider_events', '{"policy": "standard", "retryLimit": 10, "retryDelay": 15, "retryBackoff": true, "expireInSeconds": 300, "retentionMinutes": 10080}');
select pgboss.create_queue('provider_tasks', '{"policy": "standard", "retryLimit": 5, "retryDelay": 60, "retryBackoff": true, "expireInSeconds": 3600, "retentionMinutes": 1440}');

select app.force_row_security(c.oid) from pg_class c where c.relnamespace = 'pgboss'::regnamespace and c.relkind in ('r', 'p');
