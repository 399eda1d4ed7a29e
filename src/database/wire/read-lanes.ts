import pg from 'pg';
import { UtcClient } from '../utc-client.js';
import type { PreparedQuery } from './prepared-query.js';
import { isStaleStatement } from './prepared-statement-names.js';

/** One process cannot keep more connections busy with quick reads. */
const laneCount = 2;
/** The most reads that one write sends, so that a great many at once use all connections. */
const maxBatch = 16;

type Failed = (error: Error) => void;

/** The part of pg's client that its types lack. */
interface StreamingClient {
  readonly connection: { readonly stream: { cork(): void; uncork(): void } };
}

/** One connection in pg's pipeline mode, which is opened when it is needed, and again after it was lost. */
class Lane {
  /** The number of reads that are not answered. */
  waiting = 0;
  #client: pg.Client | undefined;
  #opening: Promise<pg.Client> | undefined;
  #corked: StreamingClient['connection']['stream'] | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly config: pg.ClientConfig,
    private readonly onLost: Failed,
  ) {}

  run(query: PreparedQuery, done: (result: pg.QueryResult) => void, failed: Failed): void {
    this.waiting += 1;
    const fail = (error: Error): void => {
      this.waiting -= 1;
      failed(error);
    };
    const send = (client: pg.Client): void => {
      query.callback = (error, result) => {
        if (error !== null) {
          if (isStaleStatement(error)) this.#retire(client);
          return fail(error);
        }
        this.waiting -= 1;
        done(result as pg.QueryResult);
      };
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

  /** Closes the connection after the reads that wait. */
  async close(): Promise<void> {
    await this.#opening?.catch(() => undefined);
    if (this.#client !== undefined) this.#retire(this.#client);
    await this.#closing;
  }

  #cork(client: pg.Client): void {
    if (this.#corked !== undefined) return;
    this.#corked = (client as unknown as StreamingClient).connection.stream;
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

  /** Lets the reads that wait end, and opens another connection for the next ones. */
  #retire(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.flush();
    this.#closing = client.end().catch(() => undefined);
  }
}

/**
 * Runs quick reads over a few connections that many reads share at a time: they are sent without waiting for each other's answers, those of
 * one turn of the event loop in one write. A system call takes as long as everything else that a read needs from this process. Each
 * read is a transaction of its own (it ends with a Sync), so it has its own binding, and its error concerns no other.
 *
 * A read delays those that follow on its connection. Therefore only reads by a key run here, and never a transaction.
 */
export class ReadLanes {
  readonly #lanes: readonly Lane[];
  #batch: Lane | undefined;
  #batched = 0;

  /** @param onLost called when a connection is lost */
  constructor(config: pg.ClientConfig, onLost: Failed) {
    this.#lanes = Array.from({ length: laneCount }, () => new Lane(config, onLost));
  }

  run(query: PreparedQuery): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      if (this.#batch === undefined) setImmediate(() => this.#flush());
      if (this.#batch === undefined || this.#batched === maxBatch) {
        this.#batch?.flush();
        this.#batch = this.#lanes.reduce((least, lane) => (lane.waiting < least.waiting ? lane : least));
        this.#batched = 0;
      }
      this.#batched += 1;
      this.#batch.run(query, resolve, reject);
    });
  }

  /** Closes all connections, after the reads that wait. */
  async end(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #flush(): void {
    const lane = this.#batch;
    this.#batch = undefined;
    lane?.flush();
  }
}
