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
/** The port of the host that this worker has started. */
let ownHost;
/** What the servers of the host have logged lately: errors. */
let log = [];
/** Milliseconds after which a server has written what it has logged. */
const written = 500;

/** Adds what the servers have logged to the error of a test: an answer does not say why a server failed. */
async function addLog(error) {
  await new Promise((resolve) => setTimeout(resolve, written));
  if (!(error instanceof Error) || log.length === 0) return;
  const { message, stack = '' } = error;
  error.message = `${message}\n\nThe servers logged:\n${log.join('\n')}`;
  error.stack = stack.replace(message, () => error.message);
}

/** The port of the test host, which starts with the first spec file that needs it, or which `npm run test:server` keeps running. */
async function testHost() {
  const running = process.env.TENANTRY_TEST_HOST;
  host ??= running === undefined ? startHost() : Promise.resolve({ port: Number(running), log });
  ({ log } = await host);
  if (running === undefined) ownHost = (await host).port;
  return (await host).port;
}

/** Fails a spec file that has not given back its servers: they would go on to take mails and jobs of the next files. */
async function requireServersBack() {
  if (ownHost === undefined) return;
  const borrowed = await (await fetch(`http://127.0.0.1:${ownHost}/take-back`, { method: 'POST' })).json();
  if (borrowed > 0) throw new Error(`The spec file has not closed ${borrowed} of its servers. Close each server in afterAll.`);
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

  async teardown() {
    await super.teardown();
    await requireServersBack();
  }

  async handleTestEvent(event, state) {
    if (event.name === 'test_start') log.length = 0;
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') await addLog(event.error);
    // An error in `teardown` would replace the failures of the tests, one of which is why a server was not closed.
    if (event.name === 'run_finish') await requireServersBack().catch((error) => state.unhandledErrors.push(error));
    this.#skip(event, state);
  }

  /**
   * Skips in the long run what `npm test` does in the same way (test/support/rounds.ts). The tests stay in their describe block, because
   * Jest refuses hooks in one without tests. Hooks of a block whose tests are all skipped do not run.
   */
  #skip({ name }, { currentDescribeBlock }) {
    if (name !== 'add_test' || !this.global.longRun || this.global.inBothRuns || !this.#isInBothRuns) return;
    currentDescribeBlock.tests.at(-1).mode = 'skip';
  }
}
