import type pg from 'pg';
import { BoundQuery } from './bound-query.js';
import { checkOut, PoolWithoutQueries, type Statement } from './pg-internals.js';
import { bindingOf, type TenantBinding } from './tenant-binding.js';
import { runOnPool } from './run-on-pool.js';
import { TenantConnection } from './tenant-connection.js';

export interface TenantPoolOptions extends pg.PoolConfig {
  /**
   * Milliseconds that a statement may take, 0 for no limit; bound together with the tenant. (pg's own option is a
   * startup parameter, which PgBouncer refuses.)
   */
  readonly statementTimeoutMillis?: number;
}

/**
 * The connections of the application role. Every query and every transaction is bound to the tenant that is current
 * **at the moment of the call**: a pool's callbacks run in whatever asynchronous context comes first, so the tenant is
 * read before anything waits, and handed on by value.
 */
export class TenantPool extends PoolWithoutQueries {
  readonly #statementTimeout: number;

  /**
   * @param currentTenant the id of the organization that the caller works in
   * @param currentNote who does what, for the audit log; asked at the moment of the call too
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
   * Runs one statement, bound, in one round trip.
   *
   * @throws {UnboundTenantError} when no tenant is current; nothing was sent then
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
   * Takes out a client for a transaction, which is bound to the tenant of this moment.
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
