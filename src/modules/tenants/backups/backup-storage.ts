import { Injectable } from '@nestjs/common';
import type { ObjectStorage } from '../../../common/storage/object-storage.js';
import { openStorageOr } from '../../../common/storage/open-storage.js';
import { AppConfig } from '../../../config/app-config.js';

/** The storage of backups: BACKUP_URL, or a folder of this machine for the commands. */
@Injectable()
export class BackupStorage {
  readonly objects: ObjectStorage;
  /** Whether there is a backup each night. */
  readonly isScheduled: boolean;

  constructor({ backupUrl, s3, dataDir }: AppConfig) {
    this.isScheduled = backupUrl !== undefined;
    this.objects = openStorageOr(dataDir, backupUrl, s3);
  }
}
