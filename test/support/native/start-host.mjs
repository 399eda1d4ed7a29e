import { spawn } from 'node:child_process';
import path from 'node:path';
import { nodeOptions } from './node-options.mjs';
import { compiledControl } from './test-control.mjs';

/** Starts a test host (test/control/host.ts). It ends with the process that started it, or by `stop`. */
export function startHost() {
  const child = spawn(process.execPath, [...nodeOptions, compiledControl(path.resolve('test/control/host.ts'))], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: process.env.TZ, NODE_ENV: 'test' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the test host ended with ${code}`)));
    child.stdout.once('data', (port) => {
      for (const handle of [child, child.stdin, child.stdout]) handle.unref();
      resolve({ port: Number(port), stop: () => child.kill() });
    });
  });
}
