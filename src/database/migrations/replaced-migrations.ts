/**
 * The migrations of the development versions that the foundation of `prisma/migrations` replaced. Their last schema is the schema of the foundation:
 * an archive of a tenant that was made with one of them can be imported, but a database that was migrated by them is refused.
 */
export const replacedMigrations: readonly string[] = [
  '20261121090000_foundation',
  '20261121090100_tables',
  '20261121090200_queue',
  '20261121090300_outbox_notify',
  '20261121090400_access_and_settings',
  '20261121090500_second_factor',
  '20261121090600_operator',
  '20261121091000_audit',
  '20261121091100_access_log',
  '20261121091200_jobs',
  '20261121091300_usage',
  '20261121091400_billing',
  '20261121091450_audit_leave_out',
  '20261121091500_add_ons',
  '20261121091600_restored_subscriptions',
  '20261121091700_usage_reports',
];
