import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunningCommand {
  kill(): void;
  readonly ended: Promise<Ended>;
}

/** Starts `npx tenantry …` as a process of its own. */
export function startTenantry(env: Readonly<Record<string, string>>, ...args: string[]): RunningCommand {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['dist/cli.js', ...args], { env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return { kill: () => void child.kill('SIGKILL'), ended: once(child, 'close').then(([code]) => ({ code: code as number | null, out, err })) };
}
