import pg from 'pg';
import { BoundQuery } from './bound-query.js';
import { PreparedQuery } from './prepared-query.js';
import { beginWithAuthority } from './changed-authority.js';
import { checkOut, ConnectionPool } from './connection-pool.js';
import type { Statement } from './pg-internals.js';
import { bindMessage, limitsFor } from './tenant-binding.js';
import { lentConnection } from './lent-connection.js';
import { inHeldTransaction } from './held-transaction.js';
import { PlatformConnection } from './platform-connection.js';
import { sendCurrent } from './send-current.js';
import { runOnPool } from './run-on-pool.js';
import { currentHold } from '../../tenancy/tenant-context.js';
import { wireBinding } from '../../tenancy/wire-binding.js';
import type { TenantPoolOptions, WriteSettings } from './tenant-pool.js';

/** Its sessions have limits of their own, which a transaction that may take longer replaces. */
const ofSession = { statementTimeout: 0, lockTimeout: 0 } as const;

type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void;

export interface PlatformPool {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(statement: pg.QueryConfig): Promise<pg.QueryResult<Row>>;
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<pg.QueryResult<Row>>;
}

/**
 * The connections of the platform role, for SQL that Prisma cannot express. They see the rows of all tenants: see
 * {@link PlatformDb}. The audit note (who does what) and the authority of the request are sent with each statement that
 * may write and with each transaction, in the same round trip, as {@link TenantPool} sends its tenant.
 */
export class PlatformPool extends ConnectionPool {
  readonly #prepared: boolean;

  /** @param currentSettings returns the settings of a write; called when a query that may write is made */
  constructor(
    { preparedStatements = true, ...config }: Omit<TenantPoolOptions, 'statementTimeoutMillis' | 'lockTimeoutMillis'>,
    private readonly currentSettings: () => WriteSettings = () => ({}),
  ) {
    super(config);
    this.#prepared = preparedStatements;
    this.query = this.#query.bind(this) as unknown as pg.Pool['query'];
    this.connect = this.#connect.bind(this) as unknown as pg.Pool['connect'];
  }

  #query(statement: string | Statement, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const hold = currentHold();
    if (hold?.isHolding === true) return hold.commitHeld().then(() => this.#query(statement, values));
    const full = typeof statement === 'string' ? { text: statement } : statement;
    const query = values === undefined ? full : { ...full, values };
    const settings = this.currentSettings();
    if (settings.hold !== undefined) return inHeldTransaction(this, query);
    if (settings.note === undefined && settings.authority === undefined) return super.query(statement as pg.QueryConfig, values as unknown[]);
    const binding = { organizationId: undefined, ...ofSession, ...settings };
    return beginWithAuthority(binding.authority, () => runOnPool(this, new BoundQuery(query, { before: [bindMessage(binding)] })));
  }

  /**
   * Runs one statement that only reads, without the audit note and the authority; under its name if statements are prepared. A SELECT that calls a function may
   * write: use {@link query}.
   */
  read<Row extends pg.QueryResultRow>(statement: Statement): Promise<pg.QueryResult<Row>> {
    const hold = currentHold();
    if (hold?.isHolding === true) return hold.commitHeld().then(() => this.read<Row>(statement));
    const send = (current: Statement): Promise<pg.QueryResult> => {
      const query = new PreparedQuery(current);
      return statement.quick === true ? this.lanes.run(query) : runOnPool(this, query);
    };
    return sendCurrent(this.#prepared ? statement : { ...statement, name: undefined }, send, { onlyReads: true });
  }

  /** Returns a promise, or calls back: pg's own `query()` connects with a callback. */
  #connect(connected?: Connected): Promise<pg.PoolClient> | void {
    if (connected !== undefined) return super.connect(connected as never);
    const lent = lentConnection();
    if (lent !== undefined) return Promise.resolve(lent as unknown as pg.PoolClient);
    const hold = currentHold();
    if (hold?.isHolding === true) return hold.commitHeld().then(() => this.#connect() as Promise<pg.PoolClient>);
    const [settings, { locks, timeout }] = [this.currentSettings(), wireBinding.options()];
    const binding = { organizationId: undefined, ...limitsFor(timeout, ofSession, this.options.sessionLimits?.statement), ...settings, locks };
    return checkOut(this).then((client) => {
      const connection = new PlatformConnection(this, client, binding, this.#prepared);
      wireBinding.opened(connection);
      return connection as unknown as pg.PoolClient;
    });
  }
}
