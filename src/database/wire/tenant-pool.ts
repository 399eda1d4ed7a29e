import type pg from 'pg';
import { BoundQuery } from './bound-query.js';
import { beginWithAuthority } from './changed-authority.js';
import { checkOut, PoolWithoutQueries, type ConnectionPoolOptions } from './connection-pool.js';
import type { Statement } from './pg-internals.js';
import { assertBound, bindMessage, limitsFor, type TenantBinding } from './tenant-binding.js';
import { lentConnection } from './lent-connection.js';
import { inHeldTransaction } from './held-transaction.js';
import { TenantConnection } from './tenant-connection.js';
import { sendCurrent } from './send-current.js';
import { serverTimeoutOf } from './read-lanes.js';
import { runOnPool } from './run-on-pool.js';
import { currentHold } from '../../tenancy/tenant-context.js';
import { wireBinding } from '../../tenancy/wire-binding.js';

export interface TenantPoolOptions extends ConnectionPoolOptions {
  /**
   * The timeout of a statement in milliseconds, 0 for none. It is set together with the tenant, because pg's own option is
   * a startup parameter, which PgBouncer refuses.
   */
  readonly statementTimeoutMillis?: number;
  /** The time that a statement that writes, or one of a transaction, waits for a lock, in milliseconds; like the timeout of a statement when left out. */
  readonly lockTimeoutMillis?: number;
  /** Whether statements are prepared under a name; true when left out. */
  readonly preparedStatements?: boolean;
}

/** The parts of a binding that a write or a transaction carries in addition to its tenant. */
export type WriteSettings = Pick<TenantBinding, 'note' | 'authority' | 'expected' | 'hold'>;

/**
 * The connections of the application role. Every query and every transaction is bound to the tenant that is current **when it
 * is called**. The callbacks of a pool may run in another asynchronous context, so the tenant is read before anything waits,
 * and passed on by value.
 */
export class TenantPool extends PoolWithoutQueries {
  readonly #statementTimeout: number;
  readonly #quickTimeout: number;
  readonly #lockTimeout: number;
  readonly #prepared: boolean;

  /**
   * @param currentTenant returns the id of the current organization; called when a query is made
   * @param currentSettings returns the other parts of the binding; called when a query that may write is made
   */
  constructor(
    { statementTimeoutMillis = 0, lockTimeoutMillis = statementTimeoutMillis, preparedStatements = true, ...config }: TenantPoolOptions,
    private readonly currentTenant: () => string | undefined,
    private readonly currentSettings: () => WriteSettings = () => ({}),
  ) {
    super(config);
    this.#statementTimeout = statementTimeoutMillis;
    this.#quickTimeout = serverTimeoutOf(statementTimeoutMillis, config.connectionTimeoutMillis ?? 0);
    this.#lockTimeout = lockTimeoutMillis;
    this.#prepared = preparedStatements;
  }

  /**
   * Runs one statement, bound to the current tenant, in one round trip.
   *
   * @throws {UnboundTenantError} when no tenant is current; nothing is sent
   */
  query(statement: string | Statement, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const hold = currentHold();
    if (hold?.isHolding === true) return hold.commitHeld().then(() => this.query(statement, values));
    try {
      const full = typeof statement === 'string' ? { text: statement } : statement;
      const [query, binding] = [values === undefined ? full : { ...full, values }, this.#bind()];
      if (binding.hold !== undefined) return inHeldTransaction(this, query);
      if (binding.authority === undefined) return runOnPool(this, new BoundQuery(query, { before: [bindMessage(binding)] }));
      return beginWithAuthority(binding.authority, () => runOnPool(this, new BoundQuery(query, { before: [bindMessage(binding)] })));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Runs one statement that only reads, bound to a tenant that the caller has just read from the context, in one round trip. It carries
   * neither the audit note nor the authority. A SELECT that calls a function may write: use {@link query}.
   *
   * @throws {UnboundTenantError} when the id is not a UUID; nothing is sent
   */
  read(organizationId: string | undefined, statement: Statement): Promise<pg.QueryResult> {
    const hold = currentHold();
    if (hold?.isHolding === true) return hold.commitHeld().then(() => this.read(organizationId, statement));
    try {
      const statementTimeout = statement.quick === true ? this.#quickTimeout : this.#statementTimeout;
      const before = [bindMessage({ organizationId: assertBound(organizationId), statementTimeout, lockTimeout: 0 })];
      const send = (current: Statement): Promise<pg.QueryResult> => {
        const query = new BoundQuery(current, { before });
        return statement.quick === true ? this.lanes.run(query) : runOnPool(this, query);
      };
      return sendCurrent(statement, send, { onlyReads: true });
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
    const lent = lentConnection();
    if (lent !== undefined) return Promise.resolve(lent as unknown as TenantConnection);
    const hold = currentHold();
    if (hold?.isHolding === true) return hold.commitHeld().then(() => this.connect());
    try {
      const binding = this.#bind();
      return checkOut(this).then((client) => {
        const connection = new TenantConnection(this, client, binding, this.#prepared);
        wireBinding.opened(connection);
        return connection;
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #bind(): TenantBinding {
    const organizationId = assertBound(this.currentTenant());
    const [settings, { locks, timeout }] = [this.currentSettings(), wireBinding.options()];
    // The application role sees only its own organization, so it can compare the authority in no other.
    const authority = settings.authority?.organization?.id === organizationId ? settings.authority : undefined;
    return { organizationId, ...limitsFor(timeout, { statementTimeout: this.#statementTimeout, lockTimeout: this.#lockTimeout }), ...settings, authority, locks };
  }
}
