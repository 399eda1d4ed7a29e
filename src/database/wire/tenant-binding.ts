import pg from 'pg';
import { UnboundTenantError } from './tenant-pool.errors.js';

/** The settings of the connection for one query or one transaction: the tenant, a time limit and the audit note. */
export interface TenantBinding {
  /** The organization's id, a UUID; undefined for the platform. */
  readonly organizationId: string | undefined;
  /** Milliseconds for each statement; 0 for no limit. */
  readonly statementTimeout: number;
  /** The actor and the action, as JSON. The audit triggers read it. Undefined for a statement that writes nothing. */
  readonly note?: string | undefined;
}

/** The statement that sets a binding, with parameters, for the extended protocol. */
export interface BindMessage {
  /** The name of the prepared statement. */
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

/** Returns the statement that sets a binding until the transaction ends. */
export function bindMessage({ organizationId, statementTimeout, note }: TenantBinding): BindMessage {
  if (organizationId === undefined) return { name: 'tenantry_note', text: `select set_config('app.audit', $1, true)`, values: [note ?? ''] };
  const values = [organizationId, String(statementTimeout)];
  if (note === undefined) return { name: 'tenantry_bind', text: `select ${bindTenant}`, values };
  return { name: 'tenantry_bind_note', text: `select ${bindTenant}, set_config('app.audit', $3, true)`, values: [...values, note] };
}

/**
 * Returns the text that begins a transaction and sets its binding, for the simple protocol. It takes one round trip and
 * runs no query, so that `SET TRANSACTION ISOLATION LEVEL` may still follow.
 */
export function beginStatement(begin: string, { organizationId, statementTimeout, note }: TenantBinding): string {
  const tenant = organizationId === undefined ? '' : `; set local app.current_organization_id = '${organizationId}'; set local statement_timeout = ${statementTimeout}`;
  return `${begin}${tenant}${note === undefined ? '' : `; set local app.audit = ${pg.escapeLiteral(note)}`}`;
}
