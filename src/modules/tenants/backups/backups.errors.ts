/** Thrown when the storage has no complete backup with a name. */
export class BackupNotFoundError extends Error {
  override readonly name = 'BackupNotFoundError';

  constructor(readonly backup: string) {
    super(`There is no complete backup "${backup}". tenantry backup:list prints those that there are.`);
  }
}

/** Thrown when another process makes a backup. */
export class BackupRunningError extends Error {
  override readonly name = 'BackupRunningError';

  constructor() {
    super('Another process makes a backup. Wait until it has ended.');
  }
}
