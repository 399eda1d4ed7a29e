/** Thrown before anything is sent, when a query is made on the tenant pool and no tenant is bound. */
export class UnboundTenantError extends Error {
  override readonly name = 'UnboundTenantError';

  constructor() {
    super(
      'A query was made on the tenant pool without a bound tenant. Nothing was sent. Use TenantDb, which binds the tenant, ' +
        'inside a request or TenantContext.run(…). For data that belongs to no tenant, use PlatformDb.',
    );
  }
}

/** Thrown before anything is sent, when a client is used outside a transaction that needs one: always on the tenant pool, after its transaction on the platform pool. */
export class OutsideTransactionError extends Error {
  override readonly name = 'OutsideTransactionError';
  /** `ROLLED_BACK` is transient (common/errors/transient-error.ts), `NO_TRANSACTION` is a mistake in the program. */
  readonly code: 'ROLLED_BACK' | 'NO_TRANSACTION';

  /** @param rolledBack whether a transaction was rolled back before, as Prisma does when the time of a transaction is over */
  constructor(rolledBack: boolean) {
    super(
      rolledBack
        ? 'The transaction was rolled back before this statement, usually because its time was over. Nothing was sent. Run the transaction again.'
        : 'A client of a pool runs statements only between BEGIN and COMMIT or ROLLBACK, because its settings are those of the transaction. For a single statement, use pool.query().',
    );
    this.code = rolledBack ? 'ROLLED_BACK' : 'NO_TRANSACTION';
  }
}

/** Thrown by the COMMIT of a transaction that was rolled back, because its work continued after a statement that had failed. A mistake in the program. */
export class NotCommittedError extends Error {
  override readonly name = 'NotCommittedError';

  constructor() {
    super('The transaction was rolled back: a statement of it failed, and its error was caught. Let the error pass, or set a savepoint before a statement that may fail.');
  }
}

/** Thrown before anything is sent, when no connection of the pool becomes free in time, or too many wait already. The code makes it a transient error (isTransient). */
export class PoolBusyError extends Error {
  override readonly name = 'PoolBusyError';
  readonly code = 'POOL_BUSY';

  constructor(message = 'Too many queries wait for a connection of the pool. Nothing was sent.') {
    super(message);
  }
}
