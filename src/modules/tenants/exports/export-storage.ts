import { Injectable, Logger } from '@nestjs/common';
import type { ObjectStorage } from '../../../common/storage/object-storage.js';
import { openStorageOr } from '../../../common/storage/open-storage.js';
import { AppConfig } from '../../../config/app-config.js';

/** The storage of the files of exports: STORAGE_URL, or a folder of this machine. */
@Injectable()
export class ExportStorage {
  readonly objects: ObjectStorage;

  constructor({ storageUrl, s3, dataDir, production }: AppConfig) {
    this.objects = openStorageOr(dataDir, storageUrl, s3);
    if (production && !this.objects.isShared)
      new Logger(ExportStorage.name).warn('exports are stored in DATA_DIR, which other replicas do not have; set STORAGE_URL if several replicas run');
  }
}

/** The folder of the files of exports in the storage. */
export const exportsFolder = 'exports/';

/** Each attempt writes a file of its own, named by its lease: an attempt that was given up cannot replace the file of another one. */
export const exportKey = (organizationId: string, lease: string): string => `${exportsFolder}${organizationId}/${lease}.zip`;
