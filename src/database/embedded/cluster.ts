import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { settingsFile } from './cluster-settings.js';
import { commandOf, isAlive } from './process-identity.js';
import type { ServerBinaries } from './server-binaries.js';
import { runAs, type CommandResult, type ServerUser } from './server-user.js';

/** Starts and stops a server with pg_ctl. */
export class Cluster {
  readonly #data: string;
  readonly #log: string;

  constructor(
    private readonly home: string,
    private readonly binaries: ServerBinaries,
    private readonly user: ServerUser,
  ) {
    this.#data = dataFolder(home);
    this.#log = path.join(home, 'server.log');
  }

  /** Whether the server's files exist. They are complete, because they are renamed into place at the end. */
  get exists(): boolean {
    return existsSync(path.join(this.#data, 'PG_VERSION'));
  }

  /**
   * Creates the files of a new server. Deletes incomplete files of earlier attempts.
   *
   * @param password the superuser's password
   * @param durable false does not wait for the disk
   */
  async create(password: string, durable: boolean): Promise<void> {
    for (const name of readdirSync(this.home)) if (name.startsWith('new-')) rmSync(path.join(this.home, name), { recursive: true, force: true });
    const half = path.join(this.home, `new-${randomBytes(4).toString('hex')}`);
    const passwordFile = `${half}.password`;
    this.#write(passwordFile, password);
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const args = ['--pgdata', half, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', ...locale, ...(durable ? [] : ['--no-sync'])];
    const result = await runAs(this.user, this.binaries.initdb, args, this.home);
    rmSync(passwordFile, { force: true });
    if (result.code !== 0) throw this.#failed('could not be created', result);
    renameSync(half, this.#data);
  }

  /** @throws {DatabaseSetUpError} when another major version created the files */
  assertVersion(): void {
    const major = readFileSync(path.join(this.#data, 'PG_VERSION'), 'utf8').trim();
    if (major === this.binaries.major) return;
    throw new DatabaseSetUpError(
      `The embedded database in ${this.home} was created by PostgreSQL ${major}, but PostgreSQL ${this.binaries.major} is installed. ` +
        'Dump it with the old version and restore it, or delete that folder to start with an empty database.',
    );
  }

  /** Starts the server. @returns false when another process has taken the port meanwhile */
  async start(port: number, durable: boolean): Promise<boolean> {
    writeFileSync(path.join(this.#data, 'postgresql.conf'), settingsFile(port, durable));
    for (let attempt = 1; ; attempt++) {
      this.#write(this.#log, '');
      const result = await this.#pgCtl('start', '--wait', '--timeout=60', `--log=${this.#log}`);
      if (result.code === 0) return true;
      const log = readFileSync(this.#log, 'utf8');
      if (/could not create any TCP\/IP sockets|Address already in use/.test(log)) return false;
      // After the main process was killed, the other processes of the server take a moment to notice.
      if (attempt >= 20 || !/shared memory block .* is still in use/.test(log)) throw this.#failed('did not start', { ...result, output: `${result.output}\n${log.slice(-2000)}` });
      await sleep(250);
    }
  }

  /** Stops the server if it is running, whichever process started it. */
  async stop(): Promise<void> {
    if (!isRunning(this.home)) return rmSync(path.join(this.#data, 'postmaster.pid'), { force: true });
    const result = await this.#pgCtl('stop', '--mode=fast', '--timeout=15');
    if (result.code !== 0 && isRunning(this.home)) await this.#pgCtl('stop', '--mode=immediate', '--timeout=15');
    if (isRunning(this.home)) throw this.#failed('did not stop', result);
  }

  async #pgCtl(command: string, ...args: string[]): Promise<CommandResult> {
    return runAs(this.user, this.binaries.pgCtl, [command, `--pgdata=${this.#data}`, '--silent', ...args], this.home);
  }

  /** Writes a file that only the server's user can read and write. */
  #write(file: string, content: string): void {
    writeFileSync(file, content, { mode: 0o600 });
    if (this.user !== undefined) chownSync(file, this.user.uid, this.user.gid);
  }

  #failed(problem: string, { output }: CommandResult): DatabaseSetUpError {
    return new DatabaseSetUpError(`The embedded database in ${this.home} ${problem}: ${output}\nSet DATABASE_URL to use your own PostgreSQL server.`);
  }
}

const dataFolder = (home: string): string => path.join(home, 'data');

/**
 * Whether the server in a home is running. The pid file alone is not enough: it remains after the server was killed, and
 * another process may have its id now.
 */
export function isRunning(home: string): boolean {
  const pid = Number(pidFile(home)[0]);
  if (!(pid > 0) || !isAlive(pid)) return false;
  const command = commandOf(pid);
  return process.platform === 'win32' || (command.includes('postgres') && command.includes(dataFolder(home)));
}

/** Returns the port on which the server in a home accepts connections; undefined when it does not. */
export function runningPort(home: string): number | undefined {
  const lines = pidFile(home);
  return isRunning(home) && lines[7]?.trim() === 'ready' ? Number(lines[3]) : undefined;
}

/** Returns the lines of postmaster.pid: 1 process id, 2 folder, 3 start, 4 port, 5 socket folder, 6 address, 7 shared memory, 8 status. */
function pidFile(home: string): string[] {
  try {
    return readFileSync(path.join(dataFolder(home), 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
