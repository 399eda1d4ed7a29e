import { spawn } from 'node:child_process';
import { once } from 'node:events';
import passport from 'passport';
import { runCommandLine } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunningCommand {
  kill(): void;
  /** Reads no more of its output, as `head` does when it has enough. */
  closeOutput(): void;
  readonly ended: Promise<Ended>;
}

/** Starts `npx tenantry …` as a process of its own. */
export const startTenantry = (env: Readonly<Record<string, string>>, ...args: string[]): RunningCommand => startTenantryOf('.', env, ...args);

/** Starts `npx tenantry …` of another checkout. */
export function startTenantryOf(folder: string, env: Readonly<Record<string, string>>, ...args: string[]): RunningCommand {
  const { PATH = '', HOME = '', TZ } = process.env;
  const child = spawn(process.execPath, ['dist/cli.js', ...args], { cwd: folder, env: { PATH, HOME, TZ, NODE_ENV: 'test', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return {
    kill: () => void child.kill('SIGKILL'),
    closeOutput: () => void child.stdout.destroy(),
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, out, err })),
  };
}

/** A terminal that keeps its output. It is not interactive without a reply, with which it answers every question. */
class Recorder implements Terminal {
  readonly interactive = false;
  exitCode = 0;
  written = { out: '', err: '' };

  constructor(
    readonly env: Readonly<Record<string, string>>,
    private readonly reply?: string,
  ) {}

  out(text: string): void {
    this.written.out += text;
  }

  err(text: string): void {
    this.written.err += text;
  }

  ask(): Promise<string | undefined> {
    return Promise.resolve(this.reply);
  }
}

/** Runs `npx tenantry …` in this process: the same command line on the same database, without the seconds in which a process loads. */
export const runTenantry = (env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended> => runOn(new Recorder(env), args);

/** The same for a person who answers every question of the command with `reply`. */
export const runTenantryWithReply = (reply: string, env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended> => runOn(new Recorder(env, reply), args);

async function runOn(terminal: Recorder, args: readonly string[]): Promise<Ended> {
  // Passport keeps its strategies for the whole process: those of a server that runs here come back.
  const kept = passport as unknown as { _strategies: object };
  const strategies = { ...kept._strategies };
  try {
    await runCommandLine(args, terminal);
  } finally {
    kept._strategies = strategies;
  }
  return { code: terminal.exitCode, ...terminal.written };
}
