/** Thrown, before anything is sent, when a tenant's query is made where no tenant is bound. */
export class UnboundTenantError extends Error {
  override readonly name = 'UnboundTenantError';

  constructor() {
    super(
      "A query on the tenants' connection pool without a bound tenant: nothing was sent. Use TenantDb, which binds it, " +
        'inside a request or TenantContext.run(...); for what belongs to no tenant use PlatformDb.',
    );
  }
}

/** Thrown, before anything is sent, when a client of the tenants' pool is used outside of a transaction. */
export class OutsideTransactionError extends Error {
  override readonly name = 'OutsideTransactionError';

  constructor() {
    super(
      "A client of the tenants' connection pool runs statements only between BEGIN and COMMIT or ROLLBACK: the tenant is bound to the transaction. For one statement use pool.query().",
    );
  }
}
