import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
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
    log: string | undefined,
  ) {
    const { PATH = '', HOME = '', TZ } = process.env;
    const output = log === undefined ? 'pipe' : openSync(log, 'a');
    this.#child = spawn(process.execPath, startArguments(), { env: { PATH, HOME, TZ, PORT: String(port), ...env }, stdio: ['ignore', output, output] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** Starts it and waits until it says that it is ready, or has ended. */
  static async start(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
    const server = await ServerProcess.launch(env);
    await server.started();
    return server;
  }

  /** Starts it without waiting. @param log a file for its output, which is not kept then */
  static async launch(env: Readonly<Record<string, string>>, { log }: { readonly log?: string } = {}): Promise<ServerProcess> {
    return new ServerProcess(env, await freePort(), log);
  }

  /** Waits until it says that it is ready, or has ended. */
  async started(): Promise<void> {
    const deadline = Date.now() + 120_000;
    while (!this.output.includes('is ready') && this.#child.exitCode === null && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
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

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Sends a signal and waits for the end; returns the exit code, null when the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    this.#child.kill(signal);
    await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}
