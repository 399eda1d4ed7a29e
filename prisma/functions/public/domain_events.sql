-- Rights on the log of events, and an index of those that are not in it yet.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
revoke update, delete on public.domain_events from tenantry_app;

create index domain_events_unnumbered_idx on public.domain_events (organization_id, id) where sequence is null;
