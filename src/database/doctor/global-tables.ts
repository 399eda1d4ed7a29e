/** The rights of the application role on a table that belongs to no tenant. */
export interface GlobalTable {
  /** The reason why it has no organization_id. */
  readonly reason: string;
  /** The columns that each privilege is granted on, `*` for the whole table; no privileges if undefined. */
  readonly granted?: Readonly<Record<string, readonly string[] | '*'>>;
  /** The condition of the one policy for the application role, as PostgreSQL prints it with single spaces. */
  readonly condition?: string;
  /** False if forced row security would exclude the owner's tools. */
  readonly rowSecurity?: boolean;
}

/** The subquery with which every policy reads the tenant. */
export const currentTenant = '( SELECT app.current_organization_id() AS current_organization_id)';

/**
 * Every table that the application role can reach by name and that has no organization_id. A table that is neither
 * here nor tenant-owned is a finding.
 */
export const globalTables: Readonly<Record<string, GlobalTable>> = {
  'public.organizations': {
    reason: 'It is the tenant: its id is what organization_id refers to.',
    granted: {
      select: '*',
      update: [
        'name',
        'slug',
        'display_name',
        'description',
        'email',
        'phone',
        'website',
        'address',
        'timezone',
        'locale',
        'organization_type',
        'industry',
        'size_category',
        'billing_email',
        'billing_address',
        'tax_id',
        'version',
        'updated_by_id',
        'deleted_by_id',
        'updated_at',
        'deleted_at',
        'erase_after',
        'access_version',
      ],
    },
    condition: `(id = ${currentTenant})`,
  },
  'public.users': {
    reason: 'A user may belong to many organizations.',
    granted: { select: ['id', 'email', 'name', 'created_at', 'disabled_at'] },
    condition: `(EXISTS ( SELECT FROM memberships m WHERE ((m.user_id = users.id) AND (m.organization_id = ${currentTenant}))))`,
  },
  'public.credentials': { reason: 'A secret of a user.' },
  'public.platform_admins': { reason: 'About users, not organizations.' },
  'public.sessions': {
    reason: 'About users, not organizations. A write reads the session of its request, by its id.',
    granted: { select: ['id', 'user_id', 'revoked_at', 'impersonator_id', 'impersonator_session_id'] },
    condition: `(id = (NULLIF(current_setting('app.session_id'::text, true), ''::text))::uuid)`,
  },
  'public.service_keys': {
    reason: 'A secret of the installation. A write reads the version of the key of its request, by its id.',
    granted: { select: ['id', 'access_version'] },
    condition: `(id = (NULLIF(current_setting('app.service_key_id'::text, true), ''::text))::uuid)`,
  },
  'public.refresh_tokens': { reason: 'A secret of a user.' },
  'public.user_tokens': { reason: 'A secret of a user.' },
  'public.signing_keys': { reason: 'A secret of the installation.' },
  'public.second_factors': { reason: 'A secret of a user.' },
  'public.recovery_codes': { reason: 'A secret of a user.' },
  'public.external_identities': { reason: 'Belongs to a user.' },
  'public.trusted_devices': { reason: 'A secret of a user.' },
  'public.provider_visits': { reason: 'About sign-ins, before a user is known.' },
  'public.passkeys': { reason: 'A means of a user to sign in.' },
  'public.mail_sign_ins': { reason: 'About sign-ins, before a tenant is known.' },
  'public.passkey_challenges': { reason: 'About sign-ins, before a tenant is known.' },
  'public.login_attempts': { reason: 'About sign-ins, before a tenant is known.' },
  'public.catalog_versions': { reason: "The platform's own record." },
  'public.provider_events': { reason: 'Events of a payment provider, before their organization is known.' },
  'public.organization_imports': { reason: 'The organization does not exist yet, and only operators see its restoration.' },
  'public.legal_holds': { reason: 'Holds of users and organizations, which only operators see.' },
  'public.erasures': { reason: 'About people, whose account is deleted.' },
  'public.job_runs': { reason: "The platform's own record." },
  'public.document_series': { reason: 'Invoices of all organizations are numbered in one series.' },
  'public.usage_settlements': { reason: "The platform's own record: a batch covers many organizations." },
  'public.platform_webhooks': { reason: 'Webhooks of the platform, which receive the events of all organizations.' },
  'public.platform_webhook_health': { reason: 'Belongs to the webhooks of the platform.' },
  'public.event_sinks': { reason: 'Sinks of the operator receive the events of all organizations.' },
  'public.sink_ranges': { reason: 'Belongs to the sinks of the operator, also with audit events of the platform.' },
  'public._prisma_migrations': { reason: 'The record of migrations, which the owner writes.', rowSecurity: false },
};
