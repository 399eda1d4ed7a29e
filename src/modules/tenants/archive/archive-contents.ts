/**
 * What an archive holds beside the organization's own row and every table with `organization_id`, and what it leaves out.
 * Tables are found in the database's catalogs; only what cannot be told from these stands here.
 */

/** Tables about one user that go along with the users who are members: what they need to sign in again. */
export const userTables: readonly string[] = ['credentials', 'second_factors', 'recovery_codes'];

/** Tables of a tenant or of users that stay behind, and why. */
export const leftOutTables: Readonly<Record<string, string>> = {
  'audit.events': 'The audit log tells what happened in this installation; its chain would not hold in another. Export it beside.',
  'audit.actors': 'Of the audit log.',
  'audit.details': 'Of the audit log.',
  mail_messages: 'Mail on its way belongs to the machine: restored, it would be sent a second time.',
  request_log: 'Who asked this installation for what: its sums by day (request_days) go along.',
  sessions: 'Sessions belong to the machine that opened them: everybody signs in anew.',
  user_tokens: 'Links that were mailed lead to the machine that mailed them.',
  platform_admins: 'Who operates one installation does not operate another.',
};

/** Columns of users that stay behind, and why. */
export const leftOutUserColumns: Readonly<Record<string, string>> = {
  default_organization_id: 'It may name another organization; users who are made get the restored one.',
  last_login_at: 'It tells of other organizations too.',
};

export const warnings: readonly string[] = [
  'This archive holds credentials: password hashes, hashes of API keys and sealed secrets. Keep it like a backup of the database.',
  'Sealed columns stay sealed: whoever restores them needs the same APP_SECRET, or has it in APP_SECRET_PREVIOUS.',
];
