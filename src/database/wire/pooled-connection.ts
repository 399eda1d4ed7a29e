import type pg from 'pg';
import { RefusedWriteError } from '../../tenancy/wire-binding.js';
import { BoundQuery } from './bound-query.js';
import { beginWithAuthority, isChangedAuthority, renewed } from './changed-authority.js';
import { checkOut, type LendingPool, type Statement } from './pg-internals.js';
import { PreparedQuery } from './prepared-query.js';
import { isStaleStatement } from './prepared-statement-names.js';
import { beginMessages, type TenantBinding } from './tenant-binding.js';
import { NotCommittedError, OutsideTransactionError } from './tenant-pool.errors.js';

type ErrorListener = (error: Error) => void;

/** The statement that begins a transaction. */
export const begins = /^\s*(?:begin|start\s+transaction)\b[^;]*$/i;
/** Ends a transaction; `rollback to <savepoint>` does not. After `commit and chain` the next statement is refused: it has no tenant. */
export const ends = /^\s*(?:commit|end|rollback|abort)\b(?!.*\bto\b)/is;
export const rollsBack = /^\s*(?:rollback|abort)\b/i;

const ignore = (): void => undefined;

/** PostgreSQL answers a COMMIT with ROLLBACK, and without an error, when a statement of the transaction has failed. */
function assertCommitted(result: pg.QueryResult): pg.QueryResult {
  if (result.command === 'ROLLBACK') throw new NotCommittedError();
  return result;
}

/** The result of the statement that sets the binding of a transaction. */
interface Locked {
  /** The access version of the organization that it locked. */
  readonly lock_organization?: number | null;
}

/** A client of a pool with those members of pg's PoolClient that Prisma's adapter uses. It begins transactions with a binding. */
export class PooledConnection {
  readonly #listeners = new Set<ErrorListener>();
  #client: pg.PoolClient | undefined;
  /** Whether the server no longer knows a prepared statement of the connection, or a migration changed its result. */
  #stale = false;
  /** Whether its work has returned it. */
  #released = false;
  /** Settles when the last statement has ended. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pool: LendingPool,
    client: pg.PoolClient,
    protected readonly binding: TenantBinding,
    /** Whether statements are prepared under a name. */
    private readonly prepared: boolean,
  ) {
    this.#client = client;
  }

  protected get client(): pg.PoolClient {
    if (this.#client === undefined) throw new Error('The connection was returned to its pool.');
    return this.#client;
  }

  /** Whether no transaction is open. */
  protected get isIdle(): boolean {
    return this.#client === undefined || this.#client.getTransactionStatus() === 'I';
  }

  /**
   * Executes one statement with the extended protocol, which takes only one: no COMMIT can be added to it.
   *
   * @throws {NotCommittedError} for a COMMIT after a statement that has failed
   */
  protected send(statement: Statement): Promise<pg.QueryResult> {
    const sent = this.#submit(new PreparedQuery(statement));
    return ends.test(statement.text) && !rollsBack.test(statement.text) ? sent.then(assertCommitted) : sent;
  }

  #submit(query: PreparedQuery): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      query.callback = (error, result) => {
        if (error === null) return resolve(result as pg.QueryResult);
        this.#stale ||= isStaleStatement(error);
        reject(error);
      };
      this.client.query(query);
    });
  }

  /** Executes statements one after the other: Prisma reads several relations at once, and pg stops queueing statements with version 9. */
  protected inTurn<Result>(execute: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(execute);
    this.#last = result.catch(ignore);
    return result;
  }

  /**
   * Begins a transaction and sets the binding, in one round trip. When the authority of the request has changed, the
   * client goes back to its pool while the request is judged again.
   *
   * @throws {OutsideTransactionError} when the work has returned the connection: nobody would return another client
   */
  protected async begin(text: string): Promise<pg.QueryResult> {
    if (this.#released) throw new OutsideTransactionError(true);
    return beginWithAuthority(this.binding.authority, async () => {
      if (this.#client === undefined) await this.#takeClient();
      try {
        const { begin, bind } = beginMessages(text, this.binding);
        if (bind === undefined) return await this.client.query(begin.text);
        const result = await this.#submit(new BoundQuery(this.prepared ? bind : { text: bind.text, values: bind.values }, begin));
        await this.#compareLocked(result.rows as readonly Locked[]);
        return result;
      } catch (error) {
        if (isChangedAuthority(error) || error instanceof RefusedWriteError) await this.#returnClient();
        throw error;
      }
    });
  }

  /**
   * Judges the request again when the organization has another version. The lock stays: other transactions that wait for
   * it would otherwise change the version again and again.
   */
  async #compareLocked(rows: readonly Locked[]): Promise<void> {
    const { authority, locks } = this.binding;
    if (locks === undefined || authority?.organization?.id !== locks) return;
    if (authority.organization.version !== rows[0]?.lock_organization) await renewed(authority);
  }

  on(event: 'error', listener: ErrorListener): this {
    this.#listeners.add(listener);
    this.#client?.on(event, listener);
    return this;
  }

  removeListener(event: 'error', listener: ErrorListener): this {
    this.#listeners.delete(listener);
    this.#client?.removeListener(event, listener);
    return this;
  }

  /** Returns the client to the pool, or closes it when its transaction is still open, so that no other work gets it. */
  release(error?: Error | boolean): void {
    this.#released = true;
    this.#giveBack(error);
  }

  #giveBack(error?: Error | boolean): void {
    const close = error ?? (this.#stale || !this.isIdle);
    const client = this.#client;
    this.#client = undefined;
    client?.release(close);
  }

  async #takeClient(): Promise<void> {
    const client = await checkOut(this.pool);
    if (this.#released) {
      client.release();
      throw new OutsideTransactionError(true);
    }
    this.#client = client;
    for (const listener of this.#listeners) client.on('error', listener);
  }

  async #returnClient(): Promise<void> {
    const { client } = this;
    const failure = await client.query('rollback').then(
      () => undefined,
      () => true,
    );
    for (const listener of this.#listeners) client.removeListener('error', listener);
    this.#giveBack(failure);
  }
}
