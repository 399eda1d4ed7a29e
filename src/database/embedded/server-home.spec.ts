import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { homeOf, makeHome } from './server-home.js';
import { canEnter, ensureServerUser } from './server-user.js';

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? describe : describe.skip;

asRoot(`the home of the embedded server${isRoot ? '' : ' (skipped: only root has a user of its own for the server)'}`, () => {
  const homes = new Set<string>();
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tenantry-home-'));
  });
  afterEach(async () => {
    for (const home of homes) rmSync(home, { recursive: true, force: true });
    await rm(folder, { recursive: true });
  });

  const home = (): string => {
    const made = makeHome(path.join(folder, 'data'), ensureServerUser());
    homes.add(made);
    return made;
  };

  it('is in the data folder, if the user of the server can enter it', async () => {
    await chmod(folder, 0o755);
    expect(home()).toBe(path.join(folder, 'data/postgres'));
    expect(lstatSync(home()).isDirectory()).toBe(true);
  });

  it('is elsewhere in a private folder, with a link to it in the data folder', async () => {
    await chmod(folder, 0o700);
    const made = home();
    expect(made).toMatch(/^\/var\/lib\/tenantry\/[0-9a-f]{12}$/);
    expect(readlinkSync(path.join(folder, 'data/postgres'))).toBe(made);
    expect({ canEnter: canEnter(ensureServerUser(), made), mode: statSync(made).mode & 0o777 }).toEqual({ canEnter: true, mode: 0o700 });
    expect([home(), homeOf(path.join(folder, 'data'))]).toEqual([made, made]);
  });

  it('is another one after the data folder was deleted, and the same one after its own folder was', async () => {
    await chmod(folder, 0o700);
    const first = home();
    rmSync(first, { recursive: true });
    expect(home()).toBe(first);
    await rm(path.join(folder, 'data'), { recursive: true });
    expect(home()).not.toBe(first);
  });

  it('is the one with the hash of the path, if an earlier version has made it', async () => {
    await chmod(folder, 0o700);
    const hash = createHash('sha256').update(path.join(folder, 'data/postgres')).digest('hex').slice(0, 12);
    const former = `/var/lib/tenantry/${hash}`;
    mkdirSync(former, { recursive: true, mode: 0o700 });
    writeFileSync(path.join(former, 'PG_VERSION'), '18');
    const made = home();
    expect({ kept: readFileSync(path.join(made, 'PG_VERSION'), 'utf8'), moved: !existsSync(former) }).toEqual({ kept: '18', moved: true });
    await rm(path.join(folder, 'data'), { recursive: true });
    expect(readdirSync(home())).toEqual([]);
  });

  it('is refused with advice, if a folder above it was closed', async () => {
    await chmod(folder, 0o755);
    home();
    await chmod(folder, 0o700);
    expect(home).toThrow(/cannot enter .+data\/postgres\. Let it enter all folders above/);
  });
});
