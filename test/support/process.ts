import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from './free-port.js';

interface LaunchOptions {
  /** A file for the output, which is not kept then. */
  readonly log?: string;
  /** The checkout whose build is started; this one by default. */
  readonly folder?: string;
}

/** The arguments with which `npm start` runs Node.js in a checkout. */
export function startArguments(folder = '.'): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').slice(1);
}

/** The built server as a process of its own, as `npm start` runs it. */
export class ServerProcess {
  output = '';
  readonly #child: ChildProcess;

  private constructor(
    env: Readonly<Record<string, string>>,
    readonly port: number,
    { log, folder = '.' }: LaunchOptions,
  ) {
    const { PATH = '', HOME = '', TZ } = process.env;
    const output = log === undefined ? 'pipe' : openSync(log, 'a');
    this.#child = spawn(process.execPath, startArguments(folder), {
      cwd: folder,
      env: { PATH, HOME, TZ, PORT: String(port), NODE_ENV: 'test', ...env },
      stdio: ['ignore', output, output],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** Starts it and waits until it says that it is ready, or has ended. */
  static async start(env: Readonly<Record<string, string>>, options: LaunchOptions = {}): Promise<ServerProcess> {
    const server = await ServerProcess.launch(env, options);
    await server.started();
    return server;
  }

  /** Starts it without waiting. */
  static async launch(env: Readonly<Record<string, string>>, options: LaunchOptions = {}): Promise<ServerProcess> {
    return new ServerProcess(env, await freePort(), options);
  }

  /** Waits until it says that it is ready, or has ended. */
  async started(): Promise<void> {
    const deadline = Date.now() + 120_000;
    while (!this.output.includes('is ready') && !this.hasEnded && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Whether the process has ended, by itself or by a signal. */
  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** The JSON lines that it logged. */
  get log(): Record<string, unknown>[] {
    return this.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Sends a signal and waits for the end; returns the exit code, null when the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.hasEnded) return this.#child.exitCode;
    this.#child.kill(signal);
    await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}
