import pg from 'pg';
import { utcSessions, type ConnectionOptions } from '../utc-client.js';
import type { PoolInternals } from './pg-internals.js';
import { ReadLanes } from './read-lanes.js';
import { statementCounts } from './statement-counts.js';
import { PoolBusyError } from './tenant-pool.errors.js';

/** Milliseconds between two renewals. */
const renewalInterval = 5_000;

/** The options of a pool, and of its connections. */
export interface ConnectionPoolOptions extends pg.PoolConfig, ConnectionOptions {
  /** How many wait for a connection at most; no limit when left out. Those behind them would wait in vain, and take memory. */
  readonly maxWaiting?: number;
}

type Borrower = (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void;

/** A pool with a bounded queue, and with connections that quick reads share. It can replace all of its connections. */
export class ConnectionPool extends pg.Pool {
  /** Also for the reads that judge a request again: transactions wait for these, and may hold every client of the pool. */
  readonly lanes: ReadLanes;
  declare options: pg.PoolOptions & ConnectionPoolOptions;
  #refused = 0;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(config: ConnectionPoolOptions) {
    super({ ...config, ...utcSessions });
    this.lanes = new ReadLanes(config, (error) => this.emit('error', error));
  }

  /** How often somebody was refused, because too many waited. */
  get refusedCount(): number {
    return this.#refused;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(borrower: Borrower): void;
  override connect(borrower?: Borrower): Promise<pg.PoolClient> | void {
    if (this.waitingCount < (this.options.maxWaiting ?? Number.POSITIVE_INFINITY)) return super.connect(borrower as Borrower);
    this.#refused += 1;
    const busy = new PoolBusyError();
    if (borrower === undefined) return Promise.reject(busy);
    borrower(busy, undefined, () => undefined);
  }

  /**
   * Replaces all connections: at once, or when their work ends. Their server has become read-only, and another one may have taken its place. Does
   * nothing shortly after the last time, because the server may stay read-only.
   */
  renew(): void {
    if (performance.now() - this.#renewedAt < renewalInterval) return;
    this.#renewedAt = performance.now();
    const internals = this as unknown as PoolInternals;
    for (const client of internals._clients) internals._expired.add(client);
    const idle = internals._idle.map(({ client }) => client);
    for (const client of idle) internals._remove(client, () => internals._pulseQueue());
    this.lanes.renew();
  }

  override async end(): Promise<void> {
    await Promise.all([super.end(), this.lanes.end()]);
  }
}

/** A pool without `query` and `connect`, which {@link TenantPool} replaces by stricter ones. */
export interface LendingPool extends Pick<
  ConnectionPool,
  'emit' | 'end' | 'ended' | 'ending' | 'idleCount' | 'lanes' | 'on' | 'options' | 'refusedCount' | 'renew' | 'totalCount' | 'waitingCount'
> {}

export const PoolWithoutQueries = ConnectionPool as unknown as new (config: ConnectionPoolOptions) => LendingPool;

type Connect = (this: unknown, borrower?: (error: Error | undefined, client?: pg.PoolClient) => void) => Promise<pg.PoolClient>;
// oxlint-disable-next-line typescript/unbound-method -- it is called with its pool below
const connect = ConnectionPool.prototype.connect as unknown as Connect;

/** Takes a client from a pool, whatever its own `connect` does. */
export function checkOut(pool: LendingPool): Promise<pg.PoolClient> {
  const client = connect.call(pool);
  client.catch((error: Error) => statementCounts.failed(error));
  return client;
}

/** Like {@link checkOut}, with a callback. */
export const lend = (pool: LendingPool, borrower: (error: Error | undefined, client?: pg.PoolClient) => void): void => void connect.call(pool, borrower);
