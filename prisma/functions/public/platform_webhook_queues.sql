-- Rights on the places of the platform's webhooks in the queue, and the index of those that are due.
-- access: tenantry_app reads the rows of its organization; tenantry_platform writes
revoke insert, update, delete on public.platform_webhook_queues from tenantry_app;

create index platform_webhook_queues_due_idx on public.platform_webhook_queues (id, due_at) where due_at is not null;
create index platform_webhook_queues_leased_idx on public.platform_webhook_queues (leased_until) where leased_until is not null;
