import { readdirSync, readFileSync } from 'node:fs';
import { swc } from './test/support/native/swc.mjs';

const root = import.meta.dirname;

/** The tests use the sources of the SDK. `test/long/sdk-package.spec.ts` uses the package. */
const sdk = { '^@tenantry/sdk$': '<rootDir>/sdk/src/index.ts' };

const common = {
  testEnvironment: '<rootDir>/test/support/native/environment.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@nestjs/(common|core|platform-fastify)$': '<rootDir>/test/control/packages/nest-$1.ts',
    '^(passport|pg)$': '<rootDir>/test/control/packages/$1.ts',
    '^@prisma/adapter-pg$': '<rootDir>/test/control/packages/adapter-pg.ts',
    ...sdk,
  },
  transform: {
    [`^${root}/(src|test/control)/(?!.*\\.spec\\.ts$).+\\.ts$`]: '<rootDir>/test/support/native/transform.mjs',
    '^.+\\.ts$': ['@swc/jest', swc],
  },
  transformIgnorePatterns: ['/node_modules/'],
  testTimeout: 60_000,
};

/** Compiles what a spec file imports for that file alone: enough for a few modules without a database. */
const plain = {
  ...common,
  testEnvironment: 'node',
  setupFiles: ['reflect-metadata'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
};

const withDatabase = {
  ...common,
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

/** A project of Jest has the spec files of its folders. */
const project = (displayName, settings, ...folders) => ({ ...settings, displayName, roots: folders.map((folder) => `<rootDir>/${folder}`), testMatch: ['**/*.spec.ts'] });

const inside = { ...withDatabase, globals: { databaseOfInside: true } };
const long = { ...withDatabase, globals: { databaseOfInside: true, longRun: true } };

/** The spec files of a folder that do more in the long run: they import `support/rounds.ts`. */
const withLongRun = (folder) =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.ts') && readFileSync(`${root}/${folder}/${file}`, 'utf8').includes('support/rounds.js'))
    .map((file) => `<rootDir>/${folder}/${file}`);

/** `npm run test:long`: several processes and killed replicas; what takes minutes in one process; what `npm test` does with fewer histories, attacks and callers. */
export const slowProjects = [
  project('cluster', long, 'test/cluster'),
  { ...project('long', long, 'test'), testMatch: ['<rootDir>/test/long/**/*.spec.ts', ...withLongRun('test/http'), ...withLongRun('test/inside')] },
];

export const run = {
  // One more than the cores of a machine of CI: spec files wait for locks, time limits, lost connections and killed processes, and leave a core idle.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  reporters: ['default', '<rootDir>/test/support/summary-reporter.mjs'],
  testTimeout: 60_000,
};

/** @type {import('jest').Config} */
export default {
  ...run,
  projects: [project('http', withDatabase, 'test/http'), project('inside', inside, 'test/inside'), project('unit', plain, 'src', 'test/unit')],
};
