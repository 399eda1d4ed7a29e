-- CreateEnum
CREATE TYPE "mail_failure" AS ENUM ('unreachable', 'timeout', 'login_refused', 'sender_refused', 'deferred', 'recipient_refused', 'content_refused', 'storage', 'unreadable', 'link_expired', 'withdrawn', 'recipient_limit', 'dropped_by_operator');

-- CreateEnum
CREATE TYPE "mail_subject" AS ENUM ('invitation', 'invoice', 'credit_note');

-- AlterTable
ALTER TABLE "invitations" ADD COLUMN     "mailed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "mail_messages" RENAME COLUMN "last_error" TO "last_answer";
ALTER TABLE "mail_messages" ADD COLUMN     "failure" "mail_failure",
ADD COLUMN     "link_expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "next_attempt_at" TIMESTAMPTZ(3),
ADD COLUMN     "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "subject" "mail_subject",
ADD COLUMN     "subject_id" UUID,
ADD COLUMN     "turn" BIGINT;

-- The queue of pg-boss has had a job for each queued mail. The rows are now the queue: those mails are admitted again.
alter table pgboss.queue no force row level security;
select pgboss.delete_queue('mail');
select pgboss.delete_queue('mail_dead');
alter table pgboss.queue force row level security;

-- CreateIndex
CREATE INDEX "mail_messages_created_at_idx" ON "mail_messages"("created_at");

-- CreateIndex
CREATE INDEX "mail_messages_recipient_created_at_idx" ON "mail_messages"("recipient", "created_at");


CREATE OR REPLACE FUNCTION app.withdraw_mail()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  update public.mail_messages m set status = 'dropped', failure = 'withdrawn', content = null, next_attempt_at = null, turn = null
   where m.organization_id = new.organization_id and m.subject_id = new.id and m.status in ('pending', 'queued', 'failed');
  return null;
end
$function$
;

CREATE INDEX mail_messages_lane_idx ON public.mail_messages USING btree (COALESCE((organization_id)::text, template), turn) WHERE (status = 'queued'::public.mail_status);
CREATE INDEX mail_messages_link_idx ON public.mail_messages USING btree (link_expires_at) WHERE (status = ANY (ARRAY['pending'::public.mail_status, 'queued'::public.mail_status]));
CREATE INDEX mail_messages_pending_idx ON public.mail_messages USING btree (COALESCE(next_attempt_at, '-infinity'::timestamp with time zone), id) WHERE (status = 'pending'::public.mail_status);
CREATE INDEX mail_messages_subject_idx ON public.mail_messages USING btree (organization_id, subject_id) WHERE (subject_id IS NOT NULL);
CREATE INDEX mail_messages_tried_idx ON public.mail_messages USING btree (queued_at) WHERE ((status = ANY (ARRAY['pending'::public.mail_status, 'queued'::public.mail_status])) AND (failure IS NOT NULL));
CREATE INDEX mail_messages_turn_idx ON public.mail_messages USING btree (turn, id) WHERE (status = 'queued'::public.mail_status);
alter table public.mail_messages add constraint mail_messages_subject_check CHECK ((num_nonnulls(subject, subject_id) = ANY (ARRAY[0, 2])));
select audit.watch('public.invitations');

-- Links the mails of pending invitations with them, and says which of these were sent.
alter table public.mail_messages no force row level security;
alter table public.invitations no force row level security;
update public.mail_messages set status = 'pending' where status = 'queued';
update public.mail_messages set queued_at = created_at;
update public.mail_messages m set subject = 'invitation', subject_id = i.id
  from public.invitations i
 where m.template = 'invitation' and m.organization_id = i.organization_id and m.recipient = i.email and i.status = 'pending' and i.delivery = 'mail'
   and m.created_at between i.sent_at - interval '1 minute' and i.sent_at + interval '1 minute';
update public.mail_messages m set link_expires_at = i.expires_at from public.invitations i where m.organization_id = i.organization_id and m.subject_id = i.id;
update public.invitations i set mailed_at = m.sent_at from public.mail_messages m where m.organization_id = i.organization_id and m.subject_id = i.id and m.status = 'sent';
alter table public.invitations force row level security;
alter table public.mail_messages force row level security;

CREATE TRIGGER withdraw_mail AFTER UPDATE OF status, token_hash ON public.invitations FOR EACH ROW WHEN (((old.token_hash <> new.token_hash) OR ((old.status = 'pending'::public.invitation_status) AND (new.status <> 'pending'::public.invitation_status)))) EXECUTE FUNCTION app.withdraw_mail();

comment on function app.withdraw_mail() is 'Trigger: withdraws the mails of an invitation that is closed or gets a new link, unless they were sent.';
comment on function app.notify_outbox() is 'Trigger: wakes the delivery of mail after new mail was committed.';
