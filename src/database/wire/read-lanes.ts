import pg from 'pg';
import { UtcClient } from '../utc-client.js';
import type { PreparedQuery } from './prepared-query.js';
import { isStaleStatement } from './prepared-statement-names.js';

/** One process cannot keep more connections busy with quick reads. */
const laneCount = 2;
/** The most reads that one write sends, so that a great many at once use all connections. */
const maxBatch = 16;

type Failed = (error: Error) => void;

const ignore = (): void => undefined;

/** The part of pg's client that its types lack. */
interface StreamingClient {
  readonly connection: { readonly stream: { cork(): void; uncork(): void; destroy(): void } };
}

const streamOf = (client: pg.Client): StreamingClient['connection']['stream'] => (client as unknown as StreamingClient).connection.stream;

const noAnswer = (): Error => Object.assign(new Error('The database did not answer a read in time.'), { code: 'ETIMEDOUT' });

/** One connection in pg's pipeline mode, which is opened when it is needed, and again after it was lost. */
class Lane {
  /** The reads that are not answered, the oldest first. */
  readonly #waiting = new Set<Failed>();
  /** The oldest read, when it was not answered in time. */
  #stuck: Failed | undefined;
  /** How often reads were refused since the last answer. */
  #refusals = 0;
  #watch: NodeJS.Timeout | undefined;
  #client: pg.Client | undefined;
  #opening: Promise<pg.Client> | undefined;
  #corked: StreamingClient['connection']['stream'] | undefined;
  #closing: Promise<void> | undefined;

  /** @param patience milliseconds that a read waits for its answer; 0 for no limit */
  constructor(
    private readonly config: pg.ClientConfig,
    private readonly patience: number,
    private readonly onLost: Failed,
  ) {}

  get isOpen(): boolean {
    return this.#client !== undefined && !this.isStuck;
  }

  get isStuck(): boolean {
    return this.#stuck !== undefined && this.#waiting.has(this.#stuck);
  }

  /** The number of reads before the next one. */
  get length(): number {
    return this.isStuck ? Number.POSITIVE_INFINITY : this.#waiting.size;
  }

  /** Opens the connection. Reads that need it report why it cannot be opened. */
  open(): void {
    this.#open().catch(ignore);
  }

  run(query: PreparedQuery, done: (result: pg.QueryResult) => void, failed: Failed): void {
    if (this.isStuck) return failed(noAnswer());
    this.#waiting.add(failed);
    if (this.patience > 0 && this.#watch === undefined) this.#watch = this.#watchOldest();
    const fail = (error: Error): void => {
      this.#waiting.delete(failed);
      failed(error);
    };
    const send = (client: pg.Client): void => {
      query.onAnswer((error, result) => {
        if (error === null || error instanceof pg.DatabaseError) this.#refusals = 0;
        if (error !== null) {
          // An error that pg raises itself leaves its record of the prepared statements wrong.
          if (isStaleStatement(error) || !(error instanceof pg.DatabaseError)) this.#retire(client);
          return fail(error);
        }
        this.#waiting.delete(failed);
        done(result as pg.QueryResult);
      });
      client.query(query);
    };
    // A read that waited for its connection is part of no batch: nobody would flush it.
    if (this.#client === undefined) this.#open().then(send, fail);
    else {
      this.#cork(this.#client);
      send(this.#client);
    }
  }

  /** Sends what was collected. */
  flush(): void {
    this.#corked?.uncork();
    this.#corked = undefined;
  }

  /** Closes the connection after the reads that wait; at once when these are not answered. */
  async close(): Promise<void> {
    await this.#opening?.catch(ignore);
    if (this.#client !== undefined && this.isStuck) this.#abandon(this.#client);
    if (this.#client !== undefined) this.#retire(this.#client);
    await this.#closing;
  }

  /** Refuses reads, the waiting ones too, while the oldest is not answered: behind a lock of its table, or because the server hangs or is gone. */
  #watchOldest(): NodeJS.Timeout | undefined {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return undefined;
    const refuse = (): void => {
      if (this.#waiting.has(oldest)) {
        this.#stuck = oldest;
        for (const failed of this.#waiting) failed(noAnswer());
        this.#refusals += 1;
        // Twice as long each time: the server keeps a session that waits for a lock, although its client is gone.
        if (Number.isInteger(Math.log2(this.#refusals)) && this.#client !== undefined) this.#abandon(this.#client);
      }
      this.#watch = this.#watchOldest();
    };
    // Answers that arrived while this process was busy are read first.
    return setTimeout(() => setImmediate(refuse), this.patience).unref();
  }

  #cork(client: pg.Client): void {
    if (this.#corked !== undefined) return;
    this.#corked = streamOf(client);
    this.#corked.cork();
  }

  #open(): Promise<pg.Client> {
    this.#opening ??= this.#connect().finally(() => (this.#opening = undefined));
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
    return client;
  }

  /** Closes a connection that does not answer. The next read opens another one. Without it, the reads would wait until TCP notices that a server is gone: for 15 minutes. */
  #abandon(client: pg.Client): void {
    this.#client = undefined;
    this.#waiting.clear();
    streamOf(client).destroy();
    this.onLost(noAnswer());
  }

  /** Lets the reads that wait end, as long as they may take, and opens another connection for the next ones. */
  #retire(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.flush();
    const timer = this.patience > 0 ? setTimeout(() => streamOf(client).destroy(), this.patience) : undefined;
    this.#closing = client
      .end()
      .catch(ignore)
      .finally(() => clearTimeout(timer));
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
  constructor(config: pg.PoolConfig, onLost: Failed) {
    this.#lanes = Array.from({ length: laneCount }, () => new Lane(config, config.connectionTimeoutMillis ?? 0, onLost));
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
