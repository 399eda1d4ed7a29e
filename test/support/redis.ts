import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from './free-port.js';

const binary = 'redis-server';

/** Whether tests can have a Redis: one at REDIS_URL, or one that they start themselves. */
export const redisAvailable = process.env['REDIS_URL'] !== undefined || spawnSync(binary, ['--version']).status === 0;

/** Whether tests can start a Redis of their own, and so can stop it. */
export const hasOwnRedis = process.env['REDIS_URL'] === undefined && redisAvailable;

export interface TestRedis {
  readonly url: string;
  /** Whether the tests started it, and so can stop it. */
  readonly own: boolean;
  /** Sends a signal to it, when it is their own. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it, when it is their own. */
  stop(): Promise<void>;
}

/** @param at the port of its own Redis; a free one by default */
export async function startRedis(at?: number): Promise<TestRedis> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined) return { url: given, own: false, signal: () => undefined, stop: () => Promise.resolve() };
  const port = at ?? (await freePort());
  const child = spawn(binary, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of child.stdout) if (String(chunk).includes('Ready to accept connections')) break;
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || !child.kill()) return;
    await once(child, 'exit');
  };
  return { url: `redis://127.0.0.1:${port}`, own: true, signal: (signal) => void child.kill(signal), stop };
}
