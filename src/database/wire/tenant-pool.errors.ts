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

/** Thrown before anything is sent, when a client of the tenant pool is used outside a transaction. */
export class OutsideTransactionError extends Error {
  override readonly name = 'OutsideTransactionError';

  constructor() {
    super(
      'A client of the tenant pool runs statements only between BEGIN and COMMIT or ROLLBACK, because the tenant is bound to the transaction. For a single statement, use pool.query().',
    );
  }
}
