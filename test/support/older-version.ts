import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The version with which the present one must work side by side: the last release, or the commit that took its place before the first one. */
const { commit } = JSON.parse(readFileSync('test/cluster/older-version.json', 'utf8')) as { commit: string };

function has(revision: string): boolean {
  try {
    execFileSync('git', ['cat-file', '-e', `${revision}^{commit}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Why the older version cannot be built here; undefined when it can. A shallow clone fetches its commit alone. */
export function whyNoOlderVersion(): string | undefined {
  if (has(commit)) return undefined;
  try {
    execFileSync('git', ['fetch', '--quiet', '--depth=1', 'origin', commit], { stdio: 'ignore', timeout: 60_000 });
  } catch {
    return `the commit ${commit} of test/cluster/older-version.json is not in this clone, and cannot be fetched`;
  }
  return has(commit) ? undefined : `the commit ${commit} of test/cluster/older-version.json is not in this clone`;
}

export interface Checkout {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Builds the older version in a folder of its own. It has the packages of this checkout when it has locked the same ones. */
export async function buildOlderVersion(): Promise<Checkout> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-older-'));
  const archive = path.join(folder, 'archive.tar');
  await run('git', ['archive', '--output', archive, commit]);
  await run('tar', ['xf', archive, '-C', folder]);
  await rm(archive);
  const [older, present] = await Promise.all([folder, '.'].map((each) => readFile(path.join(each, 'package-lock.json'), 'utf8')));
  if (older === present) await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  else await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, timeout: 300_000 });
  await run('npm', ['run', '--silent', 'build'], { cwd: folder });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
