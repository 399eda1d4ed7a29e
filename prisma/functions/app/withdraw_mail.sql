-- Trigger: withdraws the mails of an invitation that is closed or gets a new link, unless they were sent.
-- execute: owner
--
-- Their link no longer works.
create function app.withdraw_mail() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
begin
  update public.mail_messages m set status = 'dropped', failure = 'withdrawn', content = null, next_attempt_at = null, turn = null
   where m.organization_id = new.organization_id and m.subject_id = new.id and m.status in ('pending', 'queued', 'failed') and m.sent_at is null;
  return null;
end
$$;

create trigger withdraw_mail after update of status, token_hash on public.invitations for each row
  when (old.token_hash <> new.token_hash or (old.status = 'pending' and new.status <> 'pending')) execute function app.withdraw_mail();
