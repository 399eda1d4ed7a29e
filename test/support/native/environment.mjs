import { TestEnvironment } from 'jest-environment-node';
import 'reflect-metadata';
import { startHost } from './start-host.mjs';
import { importControl } from './test-control.mjs';

// A worker that has ended its work exits at once. Otherwise Node first frees the heap with the contexts of all spec files,
// which takes longer than the 500 ms after which Jest kills a worker and warns.
if (process.send !== undefined) process.once('beforeExit', () => process.exit());

let thrift;

/** Has the servers that a spec file starts in this process spend as little on passwords and query plans as those of the test host. */
async function spareServers() {
  const [{ hashPasswordsCheaply }, { shareQueryPlans }] = await Promise.all(['cheap-passwords.ts', 'shared-plans.ts'].map(importControl));
  hashPasswordsCheaply();
  await shareQueryPlans();
}

let host;

/** The port of the test host, which starts with the first spec file that needs it, or which `npm run test:server` keeps running. */
async function testHost() {
  const running = process.env.TENANTRY_TEST_HOST;
  host ??= running === undefined ? startHost().then(({ port }) => port) : Promise.resolve(Number(running));
  return host;
}

/**
 * Gives spec files the built application as plain Node modules, which one worker loads once for all of its files.
 * Without this, Jest compiles and links the whole application again for each spec file (5 s of CPU time).
 */
export default class NativeEnvironment extends TestEnvironment {
  #isInBothRuns;

  constructor(config, context) {
    super(config, context);
    this.#isInBothRuns = /\/test\/(?:http|inside)\//.test(context.testPath);
  }

  async setup() {
    await super.setup();
    // The spec files of the project `http` start none, and are spared the time to load the application.
    if (this.global.databaseOfInside) await (thrift ??= spareServers());
    this.global.importNative = (url) => import(url);
    this.global.testHost = testHost;
    // The application compares with the classes of Node's own realm.
    for (const shared of [Date, Error, Map, Set]) this.global[shared.name] = shared;
    // Decorators of spec files write their metadata where NestJS reads it.
    this.global.Reflect = Reflect;
  }

  /**
   * Skips in the long run what `npm test` does in the same way (test/support/rounds.ts). The tests stay in their describe block, because
   * Jest refuses hooks in one without tests. Hooks of a block whose tests are all skipped do not run.
   */
  handleTestEvent({ name }, { currentDescribeBlock }) {
    if (name !== 'add_test' || !this.global.longRun || this.global.inBothRuns || !this.#isInBothRuns) return;
    currentDescribeBlock.tests.at(-1).mode = 'skip';
  }
}
