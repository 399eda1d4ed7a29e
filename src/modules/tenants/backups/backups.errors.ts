import { BadArchiveError } from '../archive/archive.errors.js';

/** Thrown when the storage has no complete backup with a name. */
export class BackupNotFoundError extends Error {
  override readonly name = 'BackupNotFoundError';

  constructor(name: string) {
    super(`There is no complete backup "${name}", and no export of an operator with this id whose file is there.`);
  }
}

/** Thrown when another process makes a backup. */
export class BackupRunningError extends Error {
  override readonly name = 'BackupRunningError';

  constructor() {
    super('Another process makes a backup. Wait until it has ended.');
  }
}

/** Thrown when the index of a backup cannot be read. */
export class DamagedBackupError extends BadArchiveError {
  constructor(backup: string, options?: ErrorOptions) {
    super(`The index of the backup ${backup} is damaged.`, options);
  }
}

/** Thrown when a backup was begun by an installation with another APP_SECRET. */
export class ForeignBackupError extends Error {
  override readonly name = 'ForeignBackupError';

  constructor(backup: string) {
    super(`The backup ${backup} is that of an installation with another APP_SECRET. Give each installation a BACKUP_URL of its own, for example by a prefix.`);
  }
}

/** Thrown when a name is not that of a backup: a time that has come. */
export class BackupNameError extends Error {
  override readonly name = 'BackupNameError';

  constructor(name: string) {
    super(`"${name}" is not the name of a backup: a time that has come, such as 2026-11-29T02-00-00Z.`);
  }
}
