import { spawn } from 'node:child_process';
import { TestEnvironment } from 'jest-environment-node';
import 'reflect-metadata';
import './typescript.mjs';

let host;

/** Starts the test host of this worker (test/control/host.ts) with the first spec file that needs it. It ends with the worker. */
function startHost() {
  const child = spawn(process.execPath, ['--import', './test/support/native/typescript.mjs', 'test/control/host.ts'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'test' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the test host ended with ${code}`)));
    child.stdout.once('data', (port) => {
      for (const handle of [child, child.stdin, child.stdout]) handle.unref();
      resolve(Number(port));
    });
  });
}

/**
 * Gives spec files the built application as plain Node modules, which one worker loads once for all of its files.
 * Without this, Jest compiles and links the whole application again for each spec file (5 s of CPU time).
 */
export default class NativeEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.importNative = (url) => import(url);
    this.global.testHost = () => (host ??= process.env.TENANTRY_TEST_HOST === undefined ? startHost() : Promise.resolve(Number(process.env.TENANTRY_TEST_HOST)));
    // The application compares with the classes of Node's own realm.
    for (const shared of [Date, Error, Map, Set]) this.global[shared.name] = shared;
    // Decorators of spec files write their metadata where NestJS reads it.
    this.global.Reflect = Reflect;
  }
}
