import type pg from 'pg';
import { BoundQuery } from './bound-query.js';
import { checkOut, PoolWithoutQueries, type Statement } from './pg-internals.js';
import { bindingOf, type TenantBinding } from './tenant-binding.js';
import { runOnPool } from './run-on-pool.js';
import { TenantConnection } from './tenant-connection.js';

export interface TenantPoolOptions extends pg.PoolConfig {
  /**
   * The timeout of a statement in milliseconds, 0 for none. It is set together with the tenant, because pg's own option is
   * a startup parameter, which PgBouncer refuses.
   */
  readonly statementTimeoutMillis?: number;
}

/**
 * The connections of the application role. Every query and every transaction is bound to the tenant that is current **when it
 * is called**. The callbacks of a pool may run in another asynchronous context, so the tenant is read before anything waits,
 * and passed on by value.
 */
export class TenantPool extends PoolWithoutQueries {
  readonly #statementTimeout: number;

  /**
   * @param currentTenant returns the id of the current organization; called when a query is made
   * @param currentNote returns the audit note; called when a query is made
   */
  constructor(
    { statementTimeoutMillis = 0, ...config }: TenantPoolOptions,
    private readonly currentTenant: () => string | undefined,
    private readonly currentNote: () => string | undefined = () => undefined,
  ) {
    super(config);
    this.#statementTimeout = statementTimeoutMillis;
  }

  /**
   * Runs one statement, bound to the current tenant, in one round trip.
   *
   * @throws {UnboundTenantError} when no tenant is current; nothing is sent
   */
  query(statement: string | Statement, values?: readonly unknown[]): Promise<pg.QueryResult> {
    try {
      const full = typeof statement === 'string' ? { text: statement } : statement;
      return runOnPool(this, new BoundQuery(values === undefined ? full : { ...full, values }, this.#bind(full.writes !== false)));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Takes a client for a transaction, which is bound to the current tenant.
   *
   * @throws {UnboundTenantError} when no tenant is current
   */
  connect(): Promise<TenantConnection> {
    try {
      const binding = this.#bind(true);
      return checkOut(this).then((client) => new TenantConnection(client, binding));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #bind(withNote: boolean): TenantBinding {
    return bindingOf(this.currentTenant(), this.#statementTimeout, withNote ? this.currentNote() : undefined);
  }
}
