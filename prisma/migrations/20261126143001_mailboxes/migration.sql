-- DropIndex
DROP INDEX "mail_messages_recipient_template_created_at_idx";

CREATE INDEX mail_messages_mailbox_idx ON public.mail_messages USING btree (regexp_replace(recipient, '[+][^@]*@'::text, '@'::text), template, created_at);
