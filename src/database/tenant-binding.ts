import { UnboundTenantError } from './tenant-pool.errors.js';

/** The tenant, and the time limit, that hold for one query or transaction. */
export interface TenantBinding {
  /** The organization's id, a UUID. */
  readonly organizationId: string;
  /** Milliseconds, for each statement; 0 for no limit. */
  readonly statementTimeout: number;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws {UnboundTenantError} unless the id is a UUID: it becomes part of a statement */
export function bindingOf(organizationId: string | undefined, statementTimeout: number): TenantBinding {
  if (organizationId === undefined || !uuid.test(organizationId)) throw new UnboundTenantError();
  return { organizationId, statementTimeout };
}

/** Binds both with a transaction's lifetime. With parameters, for the extended protocol. */
export const bindStatement = `select set_config('app.current_organization_id', $1, true), set_config('statement_timeout', $2, true)`;

/** The parameters of {@link bindStatement}. */
export const bindValues = ({ organizationId, statementTimeout }: TenantBinding): readonly string[] => [organizationId, String(statementTimeout)];

/**
 * Begins a transaction and binds it, for the simple protocol: in one round trip, and without a query, so that
 * `SET TRANSACTION ISOLATION LEVEL` may still follow.
 */
export function beginStatement(begin: string, { organizationId, statementTimeout }: TenantBinding): string {
  return `${begin}; set local app.current_organization_id = '${organizationId}'; set local statement_timeout = ${statementTimeout}`;
}
