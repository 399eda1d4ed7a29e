-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "mail_failure" ADD VALUE 'bounced';
ALTER TYPE "mail_failure" ADD VALUE 'address_bounced';

alter table public.mail_messages drop constraint mail_messages_sent_check;

CREATE OR REPLACE FUNCTION app.withdraw_mail()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog'
AS $function$
begin
  update public.mail_messages m set status = 'dropped', failure = 'withdrawn', content = null, next_attempt_at = null, turn = null
   where m.organization_id = new.organization_id and m.subject_id = new.id and m.status in ('pending', 'queued', 'failed') and m.sent_at is null;
  return null;
end
$function$
;

alter table public.mail_messages add constraint mail_messages_sent_check CHECK (((sent_at IS NULL) OR (status = ANY (ARRAY['sent'::public.mail_status, 'failed'::public.mail_status, 'dropped'::public.mail_status]))));
