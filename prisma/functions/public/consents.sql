-- Checks of consents of guardians, and the rights on them.
-- access: tenantry_app reads and adds rows of its organization; it cannot change or delete them
alter table public.consents
  add constraint consents_guardian_check check (guardian_name <> '' and relation <> '' and text_version <> ''),
  add constraint consents_method_check check ((method = 'paper') = (recorded_by_id is not null));

revoke update, delete on public.consents from tenantry_app;

-- Also while the audit log is switched off: they prove that the data may be processed.
select audit.watch('public.consents', always => '{*}');
