import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { badCatalogs, goodCatalog } from '../support/bad-catalogs.js';
import { ServerProcess } from '../support/process.js';

const secret = 'a secret for tests only, and long enough to be one';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-catalogs-'));
  // As root the database runs as another user, who must be able to enter its folder.
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Boot {
  readonly server: ServerProcess;
  /** The current content of the data folder. */
  readonly data: string[];
}

async function boot(catalog: string): Promise<Boot> {
  const dataDir = await mkdtemp(path.join(folder, 'data-'));
  await chmod(dataDir, 0o755);
  const server = await ServerProcess.start({ NODE_ENV: 'test', APP_SECRET: secret, DATA_DIR: dataDir, CATALOG: catalog });
  return { server, data: await readdir(dataDir) };
}

/** The server does not start: it says where the catalog is wrong, and has touched no database. */
function expectStopped({ server, data }: Boot, place: string): void {
  expect(server.output).toContain(`${place}:`);
  expect(server.output).toMatch(/\n {6}hint: \S/);
  expect(server.output).not.toContain('is ready');
  expect(server.output).not.toMatch(/\n\s+at .*\.js:/);
  expect(server.exitCode).toBe(1);
  expect(data).toEqual([]);
}

describe('the server', () => {
  /** Some of the list that the unit test goes through, from all over it: starting takes a second. */
  const some = Array.from({ length: 24 }, (_, index) => badCatalogs[Math.floor((index * badCatalogs.length) / 24)]).filter((bad) => bad !== undefined);

  it.each(some)('the server does not start with $name, and reports line $line', async ({ name, text, line, message, hint }) => {
    const file = path.join(folder, `${some.findIndex((bad) => bad.name === name)}.yaml`);
    await writeFile(file, text);
    const stopped = await boot(file);
    expectStopped(stopped, `${file}:${line}`);
    const lines = stopped.server.output.split('\n');
    const at = lines.findIndex((said) => said.includes(`${file}:${line}:`) && message.test(said));
    expect(lines[at]).toMatch(/\.yaml:\d+:\d+: /);
    expect(lines[at + 1]).toMatch(hint);
  });

  it('the server does not start if the catalog is missing, is a folder, or has an unknown name', async () => {
    const missing = path.join(folder, 'missing.yaml');
    const directory = path.join(folder, 'folder.yaml');
    await mkdir(directory);
    for (const [catalog, code] of [
      [missing, 'ENOENT'],
      [directory, 'EISDIR'],
      ['toolbox', 'ENOENT'],
    ] as const) {
      const stopped = await boot(catalog);
      expectStopped(stopped, `${catalog}:1:1`);
      expect(stopped.server.output).toContain(`the file cannot be read (${code}).`);
      expect(stopped.server.output).toContain('toolboxai');
    }
  });

  it('the server starts with the unmodified catalog', async () => {
    const file = path.join(folder, 'good.yaml');
    await writeFile(file, goodCatalog);
    const { server, data } = await boot(file);
    expect(server.output).toContain('is ready');
    expect(data).not.toEqual([]);
    expect(await server.end('SIGTERM')).toBe(0);
  }, 60_000);
});
