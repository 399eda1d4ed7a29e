import pg from 'pg';
import { UnboundTenantError } from './tenant-pool.errors.js';

/** What holds for one query or transaction: the tenant, a time limit, and what the audit log is told. */
export interface TenantBinding {
  /** The organization's id, a UUID; undefined for the platform. */
  readonly organizationId: string | undefined;
  /** Milliseconds, for each statement; 0 for no limit. */
  readonly statementTimeout: number;
  /** Who does what, as JSON, for the triggers of the audit log; undefined for what changes nothing, or nobody's work. */
  readonly note?: string | undefined;
}

/** The statement that binds, by parameters, for the extended protocol. */
export interface BindMessage {
  /** Under which a connection keeps it prepared. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly string[];
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws {UnboundTenantError} unless the id is a UUID: it becomes part of a statement */
export function bindingOf(organizationId: string | undefined, statementTimeout: number, note?: string): TenantBinding {
  if (organizationId === undefined || !uuid.test(organizationId)) throw new UnboundTenantError();
  return { organizationId, statementTimeout, note };
}

const bindTenant = `set_config('app.current_organization_id', $1, true), set_config('statement_timeout', $2, true)`;

/** A plain SELECT writes nothing that is recorded, so that it needs no note; whatever else there is may write. */
const reads = /^\s*select\b/i;

export const mayWrite = (text: string): boolean => !reads.test(text);

/** Binds with a transaction's lifetime. */
export function bindMessage({ organizationId, statementTimeout, note }: TenantBinding): BindMessage {
  if (organizationId === undefined) return { name: 'tenantry_note', text: `select set_config('app.audit', $1, true)`, values: [note ?? ''] };
  const values = [organizationId, String(statementTimeout)];
  if (note === undefined) return { name: 'tenantry_bind', text: `select ${bindTenant}`, values };
  return { name: 'tenantry_bind_note', text: `select ${bindTenant}, set_config('app.audit', $3, true)`, values: [...values, note] };
}

/**
 * Begins a transaction and binds it, for the simple protocol: in one round trip, and without a query, so that
 * `SET TRANSACTION ISOLATION LEVEL` may still follow.
 */
export function beginStatement(begin: string, { organizationId, statementTimeout, note }: TenantBinding): string {
  const tenant = organizationId === undefined ? '' : `; set local app.current_organization_id = '${organizationId}'; set local statement_timeout = ${statementTimeout}`;
  return `${begin}${tenant}${note === undefined ? '' : `; set local app.audit = ${pg.escapeLiteral(note)}`}`;
}
