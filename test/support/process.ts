import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { freePort } from './free-port.js';

/** The arguments with which `npm start` runs Node.js. */
export function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').slice(1);
}

/** The built server as a process of its own, as `npm start` runs it. */
export class ServerProcess {
  output = '';
  readonly #child: ChildProcess;

  private constructor(
    env: Readonly<Record<string, string>>,
    readonly port: number,
  ) {
    const { PATH = '', HOME = '', TZ } = process.env;
    this.#child = spawn(process.execPath, startArguments(), { env: { PATH, HOME, TZ, PORT: String(port), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** Starts it and waits until it says that it is ready, or has ended. */
  static async start(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const server = new ServerProcess(env, await freePort());
    const deadline = Date.now() + 120_000;
    while (!server.output.includes('is ready') && server.#child.exitCode === null && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
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

  /** Sends a signal and waits for the end; returns the exit code, null when the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    this.#child.kill(signal);
    await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}
