/**
 * The contents of an archive, in addition to the row of the organization and all tables with `organization_id`, which are
 * found in the system catalogs of the database.
 */

/** Tables with the credentials of users. They are included for the members, so that these can sign in. */
export const userTables: readonly string[] = ['credentials', 'second_factors', 'recovery_codes'];

/** Tables of tenants or users that are excluded, with the reason. */
export const leftOutTables: Readonly<Record<string, string>> = {
  'audit.events': 'The audit log belongs to this installation, because its hash chain cannot continue in another one. Export it separately.',
  'audit.erasing': 'The organizations whose events are to be erased.',
  break_glass_links: 'Links that this installation sent by mail.',
  domain_events: 'Events belong to this installation, which has announced them.',
  event_streams: 'Events belong to this installation.',
  event_changes: 'Changes that become events of this installation.',
  webhooks: 'A restored copy must not send events to the same receivers. Create the webhooks again.',
  webhook_queues: 'Belongs to the webhooks.',
  platform_webhook_queues: 'Belongs to webhooks of the platform of this installation.',
  webhook_deliveries: 'Belongs to the webhooks.',
  webhook_attempts: 'Belongs to the webhooks.',
  guardian_links: 'Links that this installation sent by mail.',
  idempotency_keys: 'Answers of this installation, which it repeats for a day.',
  trusted_devices: 'Secrets of devices for this installation. Users are asked for their second factor again.',
  external_identities: 'Accounts at the identity providers of this installation. Users sign in with their password, or link again.',
  sso_connections: 'Connections to identity providers, which return to this installation. Set them up again.',
  sso_setup_links: 'Links to this installation. Make new ones.',
  sso_identities: 'Accounts at the connections of this installation.',
  sso_attempts: 'Sign-ins with the connections of this installation.',
  mail_messages: 'Outgoing mail would be sent a second time if it were restored.',
  request_log: 'The request log belongs to this installation. Its daily totals (request_days) are included.',
  sessions: 'Sessions belong to this installation. Users sign in again.',
  user_tokens: 'Tokens belong to links that this installation sent by mail.',
  passkeys: 'Passkeys work only at the address of this installation. Users sign in with their password, and add others.',
  mail_sign_ins: 'Sign-ins that live for minutes.',
  passkey_challenges: 'Challenges live for minutes.',
  platform_admins: 'Operators belong to this installation.',
  organization_exports: 'Exports with files of this installation.',
};

/** Columns of users that are excluded, with the reason. */
export const leftOutUserColumns: Readonly<Record<string, string>> = {
  default_organization_id: 'It can name another organization. Users that an import creates get the restored one.',
  last_login_at: 'It includes sign-ins to other organizations.',
};

/** Tables that archives without credentials exclude as well, with the reason. */
export const credentialTables: Readonly<Record<string, string>> = {
  ...Object.fromEntries(userTables.map((table) => [table, 'Credentials of members, who may belong to other organizations. Members set a new password.'])),
  integration_secrets: 'Secrets that only this installation can decrypt. Enter them again.',
};

/** Columns of users whose values archives without credentials replace, unless the user is a member: SQL expressions with the user as `t`. */
export const concealedUserColumns: Readonly<Record<string, string>> = {
  email: "case when t.email is not null then t.id || '@not-a-member.invalid' end",
  name: "'Not a member'",
  email_verified_at: 'null::timestamptz',
  locale: 'null::text',
};

export const warningsWithoutCredentials: readonly string[] = [
  'This archive contains personal data, and hashes of API keys. It has no passwords and no second factors: after a restore, members set a new password.',
];

/** Tables that a restore under a new id leaves out, because the original still has them, with the reason. */
export const leftOutOfCopies: Readonly<Record<string, string>> = {
  domains: 'A host belongs to one organization. Verify the domains again.',
};

/** Columns that are null in a restore under a new id, because their values are unique in the installation and belong to the original. */
export const clearedInCopies: Readonly<Record<string, readonly string[]>> = {
  subscriptions: ['provider_customer_id', 'provider_subscription_id'],
  invoices: ['provider_invoice_id'],
};

export const warnings: readonly string[] = [
  'This archive contains credentials: password hashes, hashes of API keys and encrypted secrets. Store it as securely as a database backup.',
  'Encrypted columns stay encrypted. The installation that restores them needs the same APP_SECRET, or has it in APP_SECRET_PREVIOUS.',
];
