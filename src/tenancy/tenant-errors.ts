/** Base class of the errors of this folder. They report a mistake in the code, never in a request. */
export abstract class TenancyError extends Error {
  abstract readonly code: string;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** Thrown when code accesses a tenant's data outside of any tenant. */
export class TenantContextMissingError extends TenancyError {
  readonly code = 'tenant_context_missing';

  constructor() {
    super(
      'No tenant is current, and no query was sent. In a request, give the route @RequireRole or @RequirePermission, which resolve the tenant. ' +
        'In a job, wrap the work in TenantContext.run({ organizationId, actor }, …). For data that belongs to no tenant, use PlatformDb.',
    );
  }
}

/** Thrown when code tries to change the tenant of a context. */
export class TenantAlreadySetError extends TenancyError {
  readonly code = 'tenant_already_set';

  constructor() {
    super('This context already has a tenant, which cannot change. To work in another tenant, call TenantContext.runAsPlatform(…) and run(…) inside it.');
  }
}

/** Thrown when the id of a tenant is not a UUID. */
export class InvalidTenantIdError extends TenancyError {
  readonly code = 'invalid_tenant_id';

  constructor() {
    super('The id of a tenant must be a UUID in lower case.');
  }
}

/** Thrown when a query names an organization other than the current one. */
export class ForeignTenantError extends TenancyError {
  readonly code = 'foreign_tenant';

  /** @param where the model and the argument that name the other organization */
  constructor(where: string) {
    super(`${where} names an organization other than the current one. Leave organizationId out: the client sets it.`);
  }
}

/** Thrown for a query that the tenant client does not support or cannot confine to one tenant. */
export class UnsupportedTenantQueryError extends TenancyError {
  readonly code = 'unsupported_tenant_query';

  /** @param remedy what to write instead */
  constructor(subject: string, remedy: string) {
    super(`The tenant client refuses this query, because it cannot confine it to one tenant: ${subject}. ${remedy}`);
  }
}

/** Thrown for a transaction that asks for an isolation level. */
export class IsolationLevelError extends TenancyError {
  readonly code = 'isolation_level';

  constructor() {
    super(
      'Transactions are READ COMMITTED: at another level a transaction would compare the authority of the request with a snapshot from before it waited for its lock. ' +
        'Remove isolationLevel, and lock the rows or the organization that the transaction decides by.',
    );
  }
}

/** Thrown when a write has waited too long for others of its organization. It reports load, not a mistake: the code is that of PostgreSQL for a lock that is not available. */
export class OrganizationBusyError extends TenancyError {
  readonly code = '55P03';

  constructor() {
    super('The write waited too long for others that lock the same organization.');
  }
}

/** Thrown at boot when a relation of the Prisma schema could leave a tenant. */
export class UnsafeTenantSchemaError extends TenancyError {
  readonly code = 'unsafe_tenant_schema';
}

/** Thrown when a transaction got no connection in time, or took longer than it may and was rolled back. */
export class TransactionExpiredError extends Error {
  override readonly name = 'TransactionExpiredError';
  /** A transient error: common/errors/transient-error.ts. */
  readonly code = 'ROLLED_BACK';

  constructor() {
    super('The time of the transaction is over. It was rolled back. Run it again.');
  }
}

/** Thrown for a statement of a transaction that has ended. A mistake in the program. */
export class TransactionEndedError extends Error {
  override readonly name = 'TransactionEndedError';

  constructor() {
    super('A statement was made with the client of a transaction that has ended. Await every statement in the work of its transaction.');
  }
}
