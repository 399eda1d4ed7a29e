-- Checks of challenges of passkeys.
-- access: the template of global tables (app.protect_global_table)
alter table public.passkey_challenges
  add constraint passkey_challenges_purpose_check check (purpose in ('registration', 'sign_in', 'reauthentication')),
  add constraint passkey_challenges_session_check check (num_nulls(user_id, session_id) = case purpose when 'sign_in' then 2 else 0 end);
