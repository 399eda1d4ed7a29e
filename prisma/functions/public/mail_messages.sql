-- Checks of the mail outbox, and the indexes of its queue.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.mail_messages
  add constraint mail_messages_attempts_check check (attempts >= 0),
  add constraint mail_messages_recipient_check check (recipient like '_%@_%'),
  -- A mail that was sent can fail later: another server reports that it was not delivered.
  add constraint mail_messages_sent_check check (sent_at is null or status in ('sent', 'failed', 'dropped')),
  add constraint mail_messages_subject_check check (num_nonnulls(subject, subject_id) in (0, 2));

-- Counts the mails to a mailbox: an address with a tag (ada+tag@example.com) delivers to the mailbox without it.
create index mail_messages_mailbox_idx on public.mail_messages (regexp_replace(recipient, '[+][^@]*@', '@'), template, created_at);

-- The queue: mails that wait for an attempt, mails that have a turn, the last turn of each lane (an organization, or a kind of mail without one), and
-- mails whose link ends.
create index mail_messages_pending_idx on public.mail_messages (coalesce(next_attempt_at, '-infinity'), id) where status = 'pending';
create index mail_messages_turn_idx on public.mail_messages (turn, id) where status = 'queued';
create index mail_messages_lane_idx on public.mail_messages (coalesce(organization_id::text, template), turn) where status = 'queued';
create index mail_messages_link_idx on public.mail_messages (link_expires_at) where content is not null;
create index mail_messages_tried_idx on public.mail_messages (queued_at) where status in ('pending', 'queued') and failure is not null;

-- Finds the mails about an invitation or a document.
create index mail_messages_subject_idx on public.mail_messages (organization_id, subject_id) where subject_id is not null;

comment on index public.mail_messages_pkey is 'Unique on the platform: mail about a user has no organization.';
