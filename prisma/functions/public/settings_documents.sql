-- Checks of documents of settings.
-- access: the template of tenant-owned tables (app.protect_tenant_table)
alter table public.settings_documents
  add constraint settings_documents_section_check check (section in ('settings', 'features', 'custom', 'branding', 'security', 'compliance', 'integrations')),
  add constraint settings_documents_object_check check (jsonb_typeof(document) = 'object'),
  add constraint settings_documents_size_check check (octet_length(document::text) <= 131072),
  add constraint settings_documents_retention_check check (section <> 'compliance' or coalesce((document ->> 'dataRetentionDays')::integer, 1) > 0),
  add constraint settings_documents_version_check check (version > 0);

-- WebOriginsService finds the organizations that list an origin.
create index settings_documents_web_origins_idx on public.settings_documents using gin ((document -> 'webOrigins')) where section = 'security';

-- Also while the audit log is switched off: who weakened the security policy, a setting or a feature, switched the audit log off, or changed what the law requires.
select audit.watch('public.settings_documents', always => '{section=security,section=compliance,section=settings,section=features}');
