// Server processes: started on their own core, with their output in a file, and stopped at the end.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const cores = availableParallelism();
/** Whether servers and clients can have cores of their own. */
export const pins = cores > 1 && spawnSync('taskset', ['--version']).status === 0;
const serverCore = '0';
const otherCores = `1-${cores - 1}`;

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
/** The options of Node.js with which `npm start` runs tenantry. */
export const startOptions = scripts.start.split(' ').slice(1, -1);

/** Keeps this process, and what it starts later (PostgreSQL, the client), away from the core of the servers. */
export function leaveServerCore() {
  if (pins) spawnSync('taskset', ['-a', '-p', '-c', otherCores, String(process.pid)]);
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/**
 * Starts a server and waits until it answers.
 *
 * @param options.ready the path that answers 200 when the server is ready
 * @param options.withMessages whether the process exchanges messages with this one
 */
export async function startServer({ name, node, args, env, folder, port, ready, withMessages = false }) {
  const logFile = path.join(folder, `${name}.log`);
  const log = openSync(logFile, 'w');
  const [command, ...rest] = [...(pins ? ['taskset', '-c', serverCore] : []), node, ...args];
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, rest, { env: { PATH, HOME, ...env }, stdio: ['ignore', log, log, ...(withMessages ? ['ipc'] : [])] });
  closeSync(log);
  const base = `http://127.0.0.1:${port}`;
  const answers = async () => (await fetch(`${base}${ready}`).catch(() => undefined))?.ok === true;
  for (let attempt = 0; !(await answers()); attempt += 1) {
    if (child.exitCode !== null || attempt > 600) {
      child.kill('SIGKILL');
      throw new Error(`${name} did not start:\n${readFileSync(logFile, 'utf8').slice(-3000)}`);
    }
    await sleep(100);
  }
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await Promise.race([once(child, 'exit'), sleep(10_000, undefined, { ref: false })]);
    child.kill('SIGKILL');
  };
  return { name, child, pid: child.pid, port, base, logFile, stop };
}
