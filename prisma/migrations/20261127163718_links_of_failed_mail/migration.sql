drop index public.mail_messages_link_idx;
CREATE INDEX mail_messages_link_idx ON public.mail_messages USING btree (link_expires_at) WHERE (content IS NOT NULL);
