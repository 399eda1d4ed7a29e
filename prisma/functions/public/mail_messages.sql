-- Checks of the mail outbox.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.mail_messages
  add constraint mail_messages_attempts_check check (attempts >= 0),
  add constraint mail_messages_recipient_check check (recipient like '_%@_%'),
  add constraint mail_messages_sent_check check (sent_at is null or status = 'sent');
