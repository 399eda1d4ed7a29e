-- Checks of the mail outbox.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.mail_messages
  add constraint mail_messages_attempts_check check (attempts >= 0),
  add constraint mail_messages_recipient_check check (recipient like '_%@_%'),
  add constraint mail_messages_sent_check check (sent_at is null or status = 'sent');

-- Counts the mails to a mailbox: an address with a tag (ada+tag@example.com) delivers to the mailbox without it.
create index mail_messages_mailbox_idx on public.mail_messages (regexp_replace(recipient, '[+][^@]*@', '@'), template, created_at);
