/** What takes minutes: crowds over several processes, killed replicas, random histories, 100,000 rows. CI runs them too. */
export const long = [
  'test/cluster/**/*.spec.ts',
  'test/billing/model.spec.ts',
  'test/billing/stripe-model.spec.ts',
  'test/billing/stripe-moves.spec.ts',
  'test/billing/races.spec.ts',
  'test/billing/stripe-checkout.spec.ts',
  'test/billing/stripe-nightly.spec.ts',
  'test/billing/stripe-sync.spec.ts',
  'test/billing/stripe-usage.spec.ts',
  'test/billing/stripe-webhooks.spec.ts',
  'test/catalog-boot.spec.ts',
  'test/rate-limits.spec.ts',
  'test/server-process.spec.ts',
  'test/usage/request-log.spec.ts',
  'test/usage/mails.spec.ts',
  'test/usage/model.spec.ts',
  'test/usage/contention.spec.ts',
  'test/isolation/data-loader.spec.ts',
  'test/scenarios/toolboxai-operator.spec.ts',
  'test/audit-commands.spec.ts',
  'test/audit-index.spec.ts',
  'test/catalog-check.spec.ts',
  'test/secret-rotation.spec.ts',
  'test/tenant-archive-command.spec.ts',
  'test/tenant-archive-damage.spec.ts',
];

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...long.map((path) => path.replace('**/*.spec.ts', ''))],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  setupFiles: ['reflect-metadata'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/'],
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  reporters: ['default', '<rootDir>/test/support/summary-reporter.mjs'],
  testTimeout: 60_000,
};
