-- Checks of domains, and one organization for each verified host.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
-- Unverified hosts may repeat, so that nobody can squat a host by claiming it.
create unique index domains_verified_host_key on public.domains (name) where kind = 'host' and verified_at is not null;
comment on index public.domains_verified_host_key is 'Unique on the platform: a request names a host before its organization is known.';

alter table public.domains
  add constraint domains_name_check check (name = lower(name) and name <> ''),
  add constraint domains_grade_check check ((grade is null) = (verified_at is null)),
  add constraint domains_host_check check (kind = 'email' or (join_policy = 'none' and coalesce(grade, 'ownership') = 'ownership')),
  add constraint domains_join_check check (join_policy <> 'join' or grade = 'ownership'),
  add constraint domains_join_role_check check (join_policy = 'none' or join_role is not null),
  add constraint domains_failing_check check (failing_since is null or verified_at is not null),
  add constraint domains_ended_check check (ended_reason is null or (verified_at is null and ended_reason in ('record_missing', 'newer_proof', 'code_expired', 'released'))),
  add constraint domains_code_check check (code_tries >= 0 and (code_hash is null) = (code_expires_at is null));

-- Also while the audit log is switched off: a verified domain admits people.
select audit.watch('public.domains', always => '{*}');
