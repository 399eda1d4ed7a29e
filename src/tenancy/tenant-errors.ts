/** Base of what the tenancy room throws: mistakes of code, never of a caller. Each message names the cure. */
export abstract class TenancyError extends Error {
  abstract readonly code: string;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** A tenant's data was asked for where no tenant is known. */
export class TenantContextMissingError extends TenancyError {
  readonly code = 'tenant_context_missing';

  constructor() {
    super(
      'No tenant is known here, so no query was made. In a request: the route needs @RequireRole or @RequirePermission, which resolve the tenant. ' +
        'In a job: wrap the work in TenantContext.run({ organizationId, actor }, …). For what belongs to no tenant: PlatformDb.',
    );
  }
}

/** The tenant of a context was to be changed. */
export class TenantAlreadySetError extends TenancyError {
  readonly code = 'tenant_already_set';

  constructor() {
    super('This context has a tenant already, and a context has one tenant only. Work on another tenant starts from outside: TenantContext.runAsPlatform(…), then run(…).');
  }
}

/** What should be an organization's id is none. */
export class InvalidTenantIdError extends TenancyError {
  readonly code = 'invalid_tenant_id';

  constructor() {
    super("A tenant's id must be a UUID.");
  }
}

/** A query names another organization than the one that it runs in. */
export class ForeignTenantError extends TenancyError {
  readonly code = 'foreign_tenant';

  /** @param where the model and argument that name it */
  constructor(where: string) {
    super(`${where} names another organization than the current one. Leave organizationId out: the client fills it in.`);
  }
}

/** A query that the tenant client cannot confine to one tenant, or does not know. */
export class UnsupportedTenantQueryError extends TenancyError {
  readonly code = 'unsupported_tenant_query';

  /** @param cure what to write instead */
  constructor(what: string, cure: string) {
    super(`${what} is refused by the tenant client: it could not be confined to one tenant. ${cure}`);
  }
}

/** The Prisma schema has a relation that could leave a tenant. */
export class UnsafeTenantSchemaError extends TenancyError {
  readonly code = 'unsafe_tenant_schema';
}
