import type pg from 'pg';
import { RefusedWriteError } from '../../tenancy/wire-binding.js';
import { BoundQuery } from './bound-query.js';
import { beginWithAuthority, isChangedAuthority, renewed } from './changed-authority.js';
import { checkOut, type LendingPool, type Statement } from './pg-internals.js';
import { PreparedQuery } from './prepared-query.js';
import { isStaleStatement } from './prepared-statement-names.js';
import { assertReadCommitted, beginMessages, commitMessage, type TenantBinding } from './tenant-binding.js';
import { NotCommittedError, OutsideTransactionError } from './tenant-pool.errors.js';

type ErrorListener = (error: Error) => void;

/** The statement that begins a transaction. */
export const begins = /^\s*(?:begin|start\s+transaction)\b[^;]*$/i;
/** Ends a transaction; `rollback to <savepoint>` does not. After `commit and chain` the next statement is refused: it has no tenant. */
export const ends = /^\s*(?:commit|end|rollback|abort)\b(?!.*\bto\b)/is;
export const rollsBack = /^\s*(?:rollback|abort)\b/i;

const ignore = (): void => undefined;

/** The answer to a BEGIN that is sent with the next statement, and to the end of a transaction that nothing was sent of, or that has ended already. */
export const nothing = { rows: [], fields: [], rowCount: 0, command: '', oid: 0 } as unknown as pg.QueryResult;

/** PostgreSQL answers a COMMIT with ROLLBACK, and without an error, when a statement of the transaction has failed. */
function assertCommitted(command: string): void {
  if (command === 'ROLLBACK') throw new NotCommittedError();
}

/** Begins a transaction that no statement of the work begins. */
const alone: Statement = { name: 'tenantry_begun', text: 'select' };

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
  /** The BEGIN that is sent with the first statement. */
  #unsent: string | undefined;
  /** Why the transaction has not begun. */
  #failure: unknown;
  /** Whether the message that began the transaction failed: the client may not know yet that the transaction is open. */
  #failed = false;
  /** Whether a statement was sent with COMMIT. */
  #sentCommit = false;

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
    return this.#unsent === undefined && this.#isIdleOnServer;
  }

  get #isIdleOnServer(): boolean {
    return this.#client === undefined || (!this.#failed && this.#client.getTransactionStatus() === 'I');
  }

  /**
   * Executes one statement with the extended protocol, which takes only one: no COMMIT can be added to it.
   *
   * @param commits whether it is the last one of the transaction, and is sent together with COMMIT
   * @throws {NotCommittedError} for a COMMIT after a statement that has failed
   */
  protected async send(statement: Statement, commits = false): Promise<pg.QueryResult> {
    if (ends.test(statement.text)) return this.#end(statement);
    if (this.#failure !== undefined) throw this.#failure;
    // A transaction that locks judges the request again before it commits.
    if (this.#unsent !== undefined && commits && this.binding.locks !== undefined) await this.#begin(this.#named(alone));
    if (this.#unsent !== undefined) return this.#begin(statement, commits);
    return commits ? this.#sendWithCommit(new BoundQuery(statement, { before: [], after: commitMessage, named: this.prepared })) : this.#submit(new PreparedQuery(statement));
  }

  #named({ name, ...statement }: Statement): Statement {
    return this.prepared ? { name, ...statement } : statement;
  }

  async #sendWithCommit(query: BoundQuery): Promise<pg.QueryResult> {
    this.#sentCommit = true;
    const result = await this.#submit(query);
    assertCommitted(query.end);
    return result;
  }

  /** Whether a statement ends a transaction that has ended with the statement before. */
  protected endsAgain(text: string): boolean {
    return this.#sentCommit && this.#isIdleOnServer && ends.test(text);
  }

  async #end(statement: Statement): Promise<pg.QueryResult> {
    const sent = this.#unsent === undefined && !this.endsAgain(statement.text);
    this.#unsent = undefined;
    if (!sent) return nothing;
    const result = await this.#submit(new PreparedQuery(statement));
    this.#failed = false;
    if (!rollsBack.test(statement.text)) assertCommitted(result.command);
    return result;
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
   * Begins a transaction. BEGIN and the binding are sent with its first statement, in one message; with a lock, at the latest when the
   * work waits for something else.
   *
   * @throws {OutsideTransactionError} when the work has returned the connection: nobody would return another client
   */
  protected begin(text: string): pg.QueryResult {
    if (this.#released) throw new OutsideTransactionError(true);
    assertReadCommitted(text, this.binding);
    this.#unsent = text;
    this.#sentCommit = false;
    if (this.binding.locks !== undefined) process.nextTick(() => void this.inTurn(() => this.beginAlone()).catch(ignore));
    return nothing;
  }

  /** Sends the BEGIN that no statement has carried. */
  protected async beginAlone(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#unsent !== undefined) await this.#begin(this.#named(alone));
  }

  /**
   * Sends BEGIN and the binding with a statement. When the authority of the request has changed, the client goes back to its pool while
   * the request is judged again.
   */
  async #begin(statement: Statement, commits = false): Promise<pg.QueryResult> {
    try {
      return await beginWithAuthority(this.binding.authority, () => this.#tryToBegin(statement, commits));
    } catch (error) {
      if (this.#unsent !== undefined) this.#failure = error;
      throw error;
    }
  }

  async #tryToBegin(statement: Statement, commits: boolean): Promise<pg.QueryResult> {
    if (this.#client === undefined) await this.#takeClient();
    const { begin, bind } = beginMessages(this.#unsent ?? '', this.binding);
    const query = new BoundQuery(statement, { before: bind === undefined ? [begin] : [begin, bind], after: commits ? commitMessage : undefined, named: this.prepared });
    try {
      const result = await this.#judged(query, commits ? this.#sendWithCommit(query) : this.#submit(query), bind?.lockColumn);
      this.#unsent = undefined;
      return result;
    } catch (error) {
      if (isChangedAuthority(error) || error instanceof RefusedWriteError) await this.#returnClient();
      else {
        this.#unsent = undefined;
        this.#failed = true;
      }
      throw error;
    }
  }

  /** Awaits the statement that has begun a transaction. A changed authority comes before its error. */
  async #judged(query: BoundQuery, sent: Promise<pg.QueryResult>, lockColumn: number | undefined): Promise<pg.QueryResult> {
    if (lockColumn === undefined) return sent;
    const [result] = await Promise.allSettled([sent]);
    if (query.hasBegun) await this.#compareLocked(query.bound[lockColumn]);
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }

  /**
   * Judges the request again when the organization has another version. The lock stays: other transactions that wait for
   * it would otherwise change the version again and again.
   */
  async #compareLocked(version: string | null | undefined): Promise<void> {
    const { authority, locks } = this.binding;
    if (authority?.organization === undefined || authority.organization.id !== locks) return;
    if (String(authority.organization.version) !== version) await renewed(authority);
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
    const close = error ?? (this.#stale || !this.#isIdleOnServer);
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
