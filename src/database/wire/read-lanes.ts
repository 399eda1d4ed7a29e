import pg from 'pg';
import { UtcClient, type ConnectionOptions } from '../utc-client.js';
import type { PreparedQuery } from './prepared-query.js';
import { statementCounts } from './statement-counts.js';
import { endsSession, isRecoverable } from './statement-errors.js';

/** One process cannot keep more connections busy with quick reads. */
const laneCount = 2;
/** The most reads that one write sends, so that a great many at once use all connections. */
const maxBatch = 16;

type Failed = (error: Error) => void;

const ignore = (): void => undefined;

/** The part of pg's client that its types lack. */
interface StreamingClient {
  readonly connection: { readonly stream: { cork(): void; uncork(): void } };
}

const streamOf = (client: pg.Client): StreamingClient['connection']['stream'] => (client as unknown as StreamingClient).connection.stream;

/**
 * Returns the statement timeout of quick reads, which is longer than their connection waits for an answer. Behind a lock, the server would otherwise end one read
 * after the other, and each would wait for as long as those before it together.
 */
export const serverTimeoutOf = (statementTimeout: number, patience: number): number => (statementTimeout === 0 ? 0 : Math.max(statementTimeout, 2 * patience));

/**
 * One connection in pg's pipeline mode, which is opened when it is needed, and again after it was lost or has reached its age. When the oldest read is not
 * answered in time, the connection is closed with the later ones, and the next read opens another one. The statement timeout ends the
 * session that the server keeps when the read waits for a lock.
 */
class Lane {
  /** The number of reads that are not answered. */
  #waiting = 0;
  #answers = 0;
  #client: pg.Client | undefined;
  #opening: Promise<pg.Client> | undefined;
  #openedAt = 0;
  #corked: StreamingClient['connection']['stream'] | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly config: ConnectionOptions,
    /** Milliseconds; 0 for no limit. */
    private readonly maxAge: number,
    private readonly onLost: Failed,
  ) {}

  get isOpen(): boolean {
    return this.#client !== undefined;
  }

  /** The number of reads before the next one. */
  get length(): number {
    return this.#waiting;
  }

  /** How often the server has answered. */
  get answers(): number {
    return this.#answers;
  }

  /** Opens the connection. Reads that need it report why it cannot be opened. */
  open(): void {
    this.#open().catch(ignore);
  }

  run(query: PreparedQuery, done: (result: pg.QueryResult) => void, failed: Failed): void {
    this.#waiting += 1;
    const fail = (error: Error): void => {
      this.#waiting -= 1;
      failed(error);
    };
    const send = (client: pg.Client): void => {
      query.onAnswer((error, result) => {
        if (error !== null) {
          // An error that pg raises itself leaves its record of the prepared statements wrong.
          if (!isRecoverable(error)) this.#retire(client, error);
          else this.#answers += 1;
          return fail(error);
        }
        this.#waiting -= 1;
        this.#answers += 1;
        done(result as pg.QueryResult);
      });
      client.query(query);
    };
    // A read that waited for its connection is part of no batch: nobody would flush it.
    if (this.#client === undefined)
      this.#open().then(send, (error: Error) => {
        query.abandon(error);
        fail(error);
      });
    else {
      this.#cork(this.#client);
      send(this.#client);
    }
  }

  /** Sends what was collected. */
  flush(): void {
    this.#corked?.uncork();
    this.#corked = undefined;
    if (this.#client !== undefined && this.maxAge > 0 && performance.now() - this.#openedAt > this.maxAge) this.#retire(this.#client);
  }

  /** Lets the reads that wait end, and opens another connection for the next ones. */
  renew(): void {
    if (this.#client !== undefined) this.#retire(this.#client);
  }

  /** Closes the connection after the reads that wait. */
  async close(): Promise<void> {
    await this.#opening?.catch(ignore);
    this.renew();
    await this.#closing;
  }

  #cork(client: pg.Client): void {
    if (this.#corked !== undefined) return;
    this.#corked = streamOf(client);
    this.#corked.cork();
  }

  #open(): Promise<pg.Client> {
    if (this.#opening !== undefined) return this.#opening;
    this.#opening = this.#connect().finally(() => (this.#opening = undefined));
    this.#opening.catch((error: Error) => statementCounts.failed(error));
    return this.#opening;
  }

  async #connect(): Promise<pg.Client> {
    const client = new UtcClient({ ...this.config, pipeline: true });
    client.on('error', (error) => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.onLost(error);
    });
    await client.connect();
    this.#client = client;
    this.#openedAt = performance.now();
    return client;
  }

  /** @param error the reason, when the server has ended the connection */
  #retire(client: pg.Client, error?: Error): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    if (error instanceof pg.DatabaseError && endsSession(error)) this.onLost(error);
    this.#corked?.uncork();
    this.#corked = undefined;
    this.#closing = client.end().catch(ignore);
  }
}

/**
 * Runs quick reads over a few connections that many reads share at a time: they are sent without waiting for each other's answers, those of
 * one turn of the event loop in one write. A system call takes as long as everything else that a read needs from this process. Each
 * read is a transaction of its own (it ends with a Sync), so it has its own binding, and its error concerns no other.
 *
 * A read delays those that follow on its connection. Therefore only reads by a key run here, and never a transaction. Reads that are not
 * answered in time fail, as those do that wait for a connection of a pool.
 */
export class ReadLanes {
  readonly #lanes: readonly Lane[];
  #batch: Lane | undefined;
  #batched = 0;
  #ended = false;

  /** @param onLost called when a connection is lost */
  constructor(config: pg.PoolConfig & ConnectionOptions, onLost: Failed) {
    const { connectionTimeoutMillis: patience = 0, sessionLimits: limits, maxLifetimeSeconds = 0 } = config;
    const options = {
      ...config,
      answerTimeoutMillis: patience,
      sessionLimits: limits && { ...limits, statement: serverTimeoutOf(limits.statement, patience), lock: 0, onlyKeys: true },
    };
    this.#lanes = Array.from({ length: laneCount }, () => new Lane(options, maxLifetimeSeconds * 1000, onLost));
  }

  /** How often the server has answered. */
  get answers(): number {
    return this.#lanes.reduce((sum, { answers }) => sum + answers, 0);
  }

  run(query: PreparedQuery): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(new Error('Cannot use a pool after calling end on the pool'));
      if (this.#batch === undefined) setImmediate(() => this.#flush());
      if (this.#batch === undefined || this.#batched === maxBatch) {
        this.#batch?.flush();
        this.#batch = this.#shortest();
        this.#batched = 0;
      }
      this.#batched += 1;
      this.#batch.run(query, resolve, reject);
    });
  }

  /** Replaces all connections. */
  renew(): void {
    for (const lane of this.#lanes) lane.renew();
  }

  /** Closes all connections, after the reads that wait. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  /** Returns the lane with the fewest reads. No read waits for a connection, or fails without it, while another one is open. */
  #shortest(): Lane {
    const shortest = this.#lanes.reduce((least, lane) => (lane.length < least.length ? lane : least));
    if (shortest.isOpen) return shortest;
    const open = this.#lanes.find((lane) => lane.isOpen);
    if (open === undefined) return shortest;
    shortest.open();
    return open;
  }

  #flush(): void {
    const lane = this.#batch;
    this.#batch = undefined;
    lane?.flush();
  }
}
