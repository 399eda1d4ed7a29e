import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { nodeOptions } from './node-options.mjs';
import { compiledControl } from './test-control.mjs';

/** The last lines of a host's log that are kept. */
const keptLines = 20;

/** Starts a test host (test/control/host.ts). It ends with the process that started it, or by `stop`. `log` has the last lines that its servers have logged. */
export function startHost() {
  const child = spawn(process.execPath, [...nodeOptions, compiledControl(path.resolve('test/control/host.ts'))], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: process.env.TZ, NODE_ENV: 'test' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const log = [];
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the test host ended with ${code}`)));
    child.stdout.once('data', (port) => {
      for (const handle of [child, child.stdin, child.stdout]) handle.unref();
      createInterface({ input: child.stdout }).on('line', (line) => log.push(line) > keptLines && log.shift());
      resolve({ port: Number(port), log, stop: () => child.kill() });
    });
  });
}
