import pg from 'pg';
import { wireBinding } from '../../tenancy/wire-binding.js';
import { utcSessions, type ConnectionOptions } from '../utc-client.js';
import { ConnectionShares, type Holder, type Waiting } from './connection-shares.js';
import type { PoolInternals } from './pg-internals.js';
import { ReadLanes } from './read-lanes.js';
import { statementCounts } from './statement-counts.js';
import { isGone } from './statement-errors.js';
import { PoolBusyError } from './tenant-pool.errors.js';
import type { WorkingTime } from './working-time.js';

/** Milliseconds between two renewals. */
const renewalInterval = 5_000;

/** The options of a pool, and of its connections. */
export interface ConnectionPoolOptions extends pg.PoolConfig, ConnectionOptions {
  /** How many wait for a connection at most; no limit when left out. Those behind them would wait in vain, and take memory. */
  readonly maxWaiting?: number;
  /** Returns for whom a connection is taken; for the installation itself when left out. Called when it is taken. */
  readonly holder?: () => Holder;
  /** Returns which of the holder's people waits for a connection. Called when it begins to wait. */
  readonly party?: () => string | undefined;
  /** Measures for how long a connection is held; by the process's clock when left out. */
  readonly workingTime?: WorkingTime;
  /** Receives for how long a connection was held, in milliseconds, unless its server or its network was gone. */
  readonly onReturned?: (holder: Holder, duration: number) => void;
}

type Borrower = (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void;

interface WaitingBorrower extends Waiting {
  readonly borrower: Borrower;
  timer: NodeJS.Timeout | undefined;
  /** Whether its time was over. */
  late: boolean;
}

const loan = Symbol('loan');

/** The holder of a client, and the time at which it was lent. */
interface Loan {
  readonly holder: Holder;
  readonly since: number;
}

interface LentClient {
  [loan]?: Loan | undefined;
}

const ignore = (): void => undefined;

/**
 * A pool with a bounded queue that is fair to organizations ({@link ConnectionShares}), and with connections that quick reads share. It can replace all of its
 * connections.
 */
export class ConnectionPool extends pg.Pool {
  /** Also for the reads that judge a request again: transactions wait for these, and may hold every client of the pool. */
  readonly lanes: ReadLanes;
  declare options: pg.PoolOptions & ConnectionPoolOptions;
  readonly #shares: ConnectionShares<WaitingBorrower>;
  #serving = false;
  #refused = 0;
  #returns = 0;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(config: ConnectionPoolOptions) {
    super({ ...config, ...utcSessions });
    this.lanes = new ReadLanes(config, (error) => this.emit('error', error));
    this.#shares = new ConnectionShares(this.options.max, config.maxWaiting ?? Number.POSITIVE_INFINITY);
    this.on('release', (error: unknown, client) => this.#returned(client as LentClient, isGone(error)));
    config.workingTime?.watch(this);
  }

  /** How often somebody was refused, because too many waited. */
  get refusedCount(): number {
    return this.#refused;
  }

  /** How often a connection was returned whose server has answered. */
  get returns(): number {
    return this.#returns;
  }

  /** Whether somebody waits, or would. */
  get isExhausted(): boolean {
    return this.#shares.isExhausted;
  }

  /** Whether somebody holds a connection. */
  get isHeld(): boolean {
    return this.totalCount > this.idleCount;
  }

  /** The number of those who wait for a connection. */
  get waiting(): number {
    return this.#shares.waiting;
  }

  /** For how many milliseconds somebody has waited who holds no connection; 0 when there is nobody. */
  get starvedFor(): number {
    const since = this.#shares.starvedSince;
    return since === undefined ? 0 : performance.now() - since;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(borrower: Borrower): void;
  override connect(borrower?: Borrower): Promise<pg.PoolClient> | void {
    if (borrower !== undefined) return this.#borrow(borrower);
    return new Promise((resolve, reject) => this.#borrow((error, client) => (client === undefined ? reject(error) : resolve(client))));
  }

  #borrow(borrower: Borrower): void {
    const holder = this.options.holder?.();
    const urgent = wireBinding.transaction() !== undefined;
    // A connection that was just returned belongs to those who wait.
    if ((!this.#serving || urgent) && this.#shares.take(holder, urgent)) return this.#lend(holder, borrower);
    this.#wait({ holder, party: this.options.party?.(), urgent, borrower, since: performance.now(), timer: undefined, late: false });
  }

  #wait(waiter: WaitingBorrower): void {
    if (!this.#shares.enqueue(waiter)) {
      this.#refused += 1;
      return this.#fail(waiter.borrower, new PoolBusyError());
    }
    const { connectionTimeoutMillis: patience = 0 } = this.options;
    if (patience > 0) waiter.timer = setTimeout(() => this.#giveUp(waiter), patience).unref();
  }

  /** The message is that of pg's pool. */
  #giveUp(waiter: WaitingBorrower): void {
    waiter.late = true;
    this.#shares.remove(waiter);
    this.#fail(waiter.borrower, new PoolBusyError('timeout exceeded when trying to connect'));
  }

  #fail(borrower: Borrower, error: Error): void {
    statementCounts.failed(error);
    borrower(error, undefined, ignore);
  }

  /** By the clock of those who are charged. */
  get #now(): number {
    return this.options.workingTime?.now ?? performance.now();
  }

  /** Lends a client, or opens one: pg's pool has a place for it, since its connections are counted here. */
  #lend(holder: Holder, borrower: Borrower): void {
    super.connect((error, client, done) => {
      if (client === undefined) {
        this.#giveBack(holder);
        return this.#fail(borrower, error as Error);
      }
      (client as LentClient)[loan] = { holder, since: this.#now };
      borrower(error, client, done);
    });
  }

  /** @param gone whether the holder has waited for a server or a network that is gone, and is not charged */
  #returned(client: LentClient, gone: boolean): void {
    const returned = client[loan];
    // pg's pool takes a client itself that has reached its age.
    if (returned === undefined) return;
    client[loan] = undefined;
    this.#giveBack(returned.holder);
    if (gone) return;
    this.#returns += 1;
    this.options.onReturned?.(returned.holder, this.#now - returned.since);
  }

  #giveBack(holder: Holder): void {
    this.#shares.giveBack(holder);
    if (this.#serving || this.#shares.waiting === 0) return;
    this.#serving = true;
    // The client is idle, or closed, when the present call has ended.
    process.nextTick(() => this.#serve());
  }

  #serve(): void {
    this.#serving = false;
    for (let waiter = this.#shares.next(); waiter !== undefined; waiter = this.#shares.next()) this.#lendTo(waiter);
  }

  #lendTo(waiter: WaitingBorrower): void {
    this.#lend(waiter.holder, (error, client, done) => {
      clearTimeout(waiter.timer);
      if (!waiter.late) waiter.borrower(error, client, done);
      else if (client !== undefined) done();
    });
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
    this.options.workingTime?.unwatch(this);
    await Promise.all([super.end(), this.lanes.end()]);
  }
}

/** A pool without `query` and `connect`, which {@link TenantPool} replaces by stricter ones. */
export interface LendingPool extends Pick<
  ConnectionPool,
  | 'emit'
  | 'end'
  | 'ended'
  | 'ending'
  | 'idleCount'
  | 'isExhausted'
  | 'isHeld'
  | 'lanes'
  | 'on'
  | 'options'
  | 'refusedCount'
  | 'renew'
  | 'returns'
  | 'starvedFor'
  | 'totalCount'
  | 'waiting'
> {}

export const PoolWithoutQueries = ConnectionPool as unknown as new (config: ConnectionPoolOptions) => LendingPool;

type Connect = (this: unknown, borrower?: (error: Error | undefined, client?: pg.PoolClient) => void) => Promise<pg.PoolClient>;
// oxlint-disable-next-line typescript/unbound-method -- it is called with its pool below
const connect = ConnectionPool.prototype.connect as unknown as Connect;

/** Takes a client from a pool, whatever its own `connect` does. */
export const checkOut = (pool: LendingPool): Promise<pg.PoolClient> => connect.call(pool);

/** Like {@link checkOut}, with a callback. */
export const lend = (pool: LendingPool, borrower: (error: Error | undefined, client?: pg.PoolClient) => void): void => void connect.call(pool, borrower);
