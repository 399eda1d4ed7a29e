import { randomUUID } from 'node:crypto';
import { dayLength } from '../common/calendar.js';
import { EncryptedStorage } from '../common/storage/encrypted-storage.js';
import type { ObjectStorage } from '../common/storage/object-storage.js';
import { openStorage } from '../common/storage/open-storage.js';
import { inTime } from '../common/storage/storage-answers.js';
import type { S3Access } from '../config/app-config.js';
import type { Finding } from '../database/doctor/finding.js';
import { listEnded, readSummary, timeOfBackup } from '../modules/tenants/backups/backup-index.js';

export interface StorageSettings {
  readonly storageUrl: string | undefined;
  readonly backupUrl: string | undefined;
  readonly backupKeys: readonly string[];
  readonly s3: S3Access | undefined;
}

/** The days after which the newest backup is old: one night may be missed. */
const oldAfter = 2;

/** Warns of storages that cannot be written, and of backups that are old or incomplete. Writes an object to each storage, and deletes it. */
export async function checkStorages({ storageUrl, backupUrl, backupKeys, s3 }: StorageSettings, now: Date): Promise<Finding[]> {
  const found = await Promise.all([
    storageUrl === undefined ? [] : checkStorage('STORAGE_URL', storageUrl, s3),
    backupUrl === undefined ? [] : checkStorage('BACKUP_URL', backupUrl, s3, (objects) => checkBackups(new EncryptedStorage(objects, backupKeys), now)),
  ]);
  return found.flat();
}

async function checkStorage(setting: string, url: string, s3: S3Access | undefined, further?: (objects: ObjectStorage) => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await inTime(inspect(openStorage(url, s3), further));
  } catch (error) {
    const message = `The storage cannot be used: ${error instanceof Error ? error.message : String(error)}`;
    return [{ check: 'storage', object: setting, message, fix: 'Check the address, the credentials and the permissions (docs/backup.md).' }];
  }
}

async function inspect(objects: ObjectStorage, further?: (objects: ObjectStorage) => Promise<Finding[]>): Promise<Finding[]> {
  const key = `doctor/${randomUUID()}`;
  await objects.write(key, [Buffer.from('written by the doctor\n')]);
  await objects.delete(key);
  return (await further?.(objects)) ?? [];
}

async function checkBackups(objects: ObjectStorage, now: Date): Promise<Finding[]> {
  const newest = (await listEnded(objects)).at(-1);
  const made = newest === undefined ? undefined : timeOfBackup(newest);
  if (newest === undefined || made === undefined || now.getTime() - made.getTime() > oldAfter * dayLength) {
    const message = newest === undefined ? 'There is no complete backup.' : `The newest backup is ${newest}.`;
    return [
      {
        check: 'backups',
        object: 'BACKUP_URL',
        message,
        fix: 'Let a replica run with JOBS_ENABLED=true, or run: npx tenantry backup:run. The log of the replicas says why a backup fails.',
      },
    ];
  }
  const { failed } = await readSummary(objects, newest);
  if (failed.length === 0) return [];
  return [
    { check: 'backups', object: newest, message: `${failed.length} organizations could not be backed up.`, fix: 'The log of the replica says why. Then: npx tenantry backup:run' },
  ];
}
