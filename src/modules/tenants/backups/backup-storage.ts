import { Injectable } from '@nestjs/common';
import { deriveKey } from '../../../common/crypto/derived-key.js';
import { EncryptedStorage } from '../../../common/storage/encrypted-storage.js';
import type { ObjectStorage } from '../../../common/storage/object-storage.js';
import { openStorageOr } from '../../../common/storage/open-storage.js';
import { AppConfig } from '../../../config/app-config.js';

/** The storage of backups: BACKUP_URL, or a folder of this machine for the commands. Encrypted, if there is a BACKUP_ENCRYPTION_KEY. */
@Injectable()
export class BackupStorage {
  readonly objects: ObjectStorage;
  /** Whether there is a backup each night. */
  readonly isScheduled: boolean;
  /** Identifies this installation in its backups. */
  readonly installation: string;
  readonly #installations: ReadonlySet<string>;

  constructor({ backupUrl, backupKeys, s3, dataDir, appSecret, previousSecrets }: AppConfig) {
    this.isScheduled = backupUrl !== undefined;
    this.objects = new EncryptedStorage(openStorageOr(dataDir, backupUrl, s3), backupKeys);
    this.installation = installationOf(appSecret);
    this.#installations = new Set([appSecret, ...previousSecrets].map(installationOf));
  }

  /** Whether a backup is that of this installation, as far as its mark says. */
  isOwn(installation: string | undefined): boolean {
    return installation === undefined || this.#installations.has(installation);
  }
}

const installationOf = (secret: string): string => deriveKey(secret, 'installation of backups').toString('hex').slice(0, 16);
