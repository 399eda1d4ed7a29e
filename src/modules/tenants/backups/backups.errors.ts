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
