import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Mounts a file system of so many KiB on a new folder; undefined where tests may not. Only root may, and not in each container. */
export async function smallDisk(size: number): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-full-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', folder]).status === 0) return folder;
  await rm(folder, { recursive: true });
  return undefined;
}

export async function unmount(folder: string): Promise<void> {
  spawnSync('umount', ['-l', folder]);
  await rm(folder, { recursive: true });
}
