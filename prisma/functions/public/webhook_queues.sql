-- Rights on the places of webhooks in the queue, and the index of those that are due.
-- access: tenantry_app reads, adds and changes rows of its organization; they end with their webhook
revoke delete on public.webhook_queues from tenantry_app;

-- Slow and fast receivers apart: however many slow ones wait, the first fast one is found at once.
create index webhook_queues_due_idx on public.webhook_queues (slow, due_at) where due_at is not null;
create index webhook_queues_leased_idx on public.webhook_queues (leased_until) where leased_until is not null;
