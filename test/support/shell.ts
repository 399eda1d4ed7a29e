import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTenantryWithReply, startTenantry, type Ended } from './command.js';

/** The programs of the runbooks that this machine does not have. */
export const missingPrograms = ['bash', 'curl', 'jq', 'psql', 'openssl'].filter((program) => spawnSync(program, [program === 'openssl' ? 'version' : '--version']).status !== 0);

/** Sends the command line and the environment of the shell to the test, and ends as the test says. */
const shim = (url: string): string => `#!${process.execPath}
const [program, ...args] = process.argv.slice(2);
if (program !== 'tenantry') throw new Error(\`npx \${program} is not a command of tenantry\`);
const { out, err, code } = await (await fetch('${url}', { method: 'POST', body: JSON.stringify({ args, env: process.env }) })).json();
process.stdout.write(out);
process.stderr.write(err);
process.exitCode = code;
`;

interface Request {
  readonly args: string[];
  readonly env: Readonly<Record<string, string>>;
}

const bodyOf = async (request: IncomingMessage): Promise<Request> => JSON.parse(Buffer.concat(await request.toArray()).toString()) as Request;

/** A shell in a folder of its own, whose `npx tenantry …` runs in the process of the test: a process loads for a second. */
export class Shell {
  private constructor(
    readonly folder: string,
    private readonly commands: Server,
  ) {}

  static async open(): Promise<Shell> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-shell-'));
    const commands = createServer((request, response) => {
      void bodyOf(request)
        .then(({ args, env }) =>
          // The doctor loads the modules of the application to look at them, which the loader of Jest does not let it.
          args[0] === 'doctor' ? startTenantry(env, ...args).ended : runTenantryWithReply('y', env, ...args),
        )
        .catch((error: unknown) => ({ code: 1, out: '', err: String(error) }))
        .then((ended) => response.end(JSON.stringify(ended)));
    });
    commands.listen(0, '127.0.0.1');
    await once(commands, 'listening');
    const { port } = commands.address() as AddressInfo;
    await writeFile(path.join(folder, 'npx'), shim(`http://127.0.0.1:${port}`), { mode: 0o755 });
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    return new Shell(folder, commands);
  }

  /** Runs lines of `bash`, which ends at the first one that fails. @param input what a person types */
  async run(lines: string, env: Readonly<Record<string, string>>, input = ''): Promise<Ended> {
    const script = path.join(this.folder, 'script.sh');
    await writeFile(script, `set -euo pipefail\n${lines}`);
    const { PATH = '', HOME = '', TZ } = process.env;
    const child = spawn('bash', [script], { cwd: this.folder, env: { HOME, TZ, NODE_ENV: 'test', ...env, PATH: `${this.folder}:${PATH}` } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, err };
  }

  async close(): Promise<void> {
    this.commands.closeAllConnections();
    this.commands.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
