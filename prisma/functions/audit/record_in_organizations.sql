-- Trigger: records in each organization of a user that the user was disabled, enabled, or became or ceased to be an operator.
-- execute: owner
--
-- The rows themselves belong to no organization: audit.record() records them on the platform.
create function audit.record_in_organizations() returns trigger
  language plpgsql
  set search_path = pg_catalog
  as $$
declare
  subject uuid;
  was jsonb;
  now_is jsonb;
begin
  if tg_table_name = 'users' then
    subject := new.id;
    was := jsonb_build_object('disabled_at', old.disabled_at);
    now_is := jsonb_build_object('disabled_at', new.disabled_at);
  elsif tg_op = 'INSERT' then
    subject := new.user_id;
    now_is := jsonb_build_object('user_id', subject);
  else
    subject := old.user_id;
    was := jsonb_build_object('user_id', subject);
  end if;
  perform audit.record_change(m.organization_id, tg_table_name, subject::text, was, now_is)
    from public.memberships m where m.user_id = subject;
  return null;
end
$$;

create trigger record_in_organizations after update of disabled_at on public.users for each row
  when ((old.disabled_at is null) <> (new.disabled_at is null)) execute function audit.record_in_organizations();
create trigger record_in_organizations after insert or delete on public.platform_admins for each row execute function audit.record_in_organizations();
