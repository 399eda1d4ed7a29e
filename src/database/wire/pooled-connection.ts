import pg from 'pg';
import type { CommitHold, HeldStatement } from '../../tenancy/commit-hold.js';
import { RefusedWriteError } from '../../tenancy/wire-binding.js';
import { BoundQuery } from './bound-query.js';
import { beginWithAuthority, isChangedAuthority, isClaimed, refusalOf, renewed } from './changed-authority.js';
import { answerTimeoutOf } from '../utc-client.js';
import { checkOut, type LendingPool } from './connection-pool.js';
import type { Statement } from './pg-internals.js';
import { PreparedQuery } from './prepared-query.js';
import { isReadOnly, isRecoverable } from './statement-errors.js';
import { assertReadCommitted, beginMessages, bindingOf, commitMessage, type TenantBinding } from './tenant-binding.js';
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

const setAnswerTimeout = (client: pg.PoolClient, millis: number): void => void ((client as unknown as { answerTimeoutMillis: number }).answerTimeoutMillis = millis);

/** Begins a transaction that no statement of the work begins. */
const alone: Statement = { name: 'tenantry_begun', text: 'select' };

/** A client of a pool with those members of pg's PoolClient that Prisma's adapter uses. It begins transactions with a binding. */
export class PooledConnection {
  readonly #listeners = new Set<ErrorListener>();
  #client: pg.PoolClient | undefined;
  /** The error after which the connection cannot be used: the server no longer knows a prepared statement of it, a migration changed its result, it is read-only, or it was lost. */
  #fatal: Error | undefined;
  /** The number of statements that are not answered. */
  #unanswered = 0;
  /** Whether its work has returned it. */
  #released = false;
  /** Settles when the last statement has ended. */
  #last: Promise<unknown> = Promise.resolve();
  /** The BEGIN that is sent with the first statement. */
  #unsent: string | undefined;
  /** Why the transaction has not begun, or was not committed with its last statement: it can only be rolled back. */
  #failure: unknown;
  /** Whether the message that began the transaction failed: the client may not know yet that the transaction is open. */
  #failed = false;
  /** Whether it was committed with a statement. */
  #committed = false;
  /** Delays the COMMIT of the transaction that is open, or of the one that is held. */
  #hold: CommitHold | undefined;
  /** Whether its work has committed it, and the COMMIT is not sent yet. */
  #isHeld = false;
  /** That of the transaction that is open. */
  #binding: TenantBinding;

  constructor(
    private readonly pool: LendingPool,
    client: pg.PoolClient,
    protected readonly binding: TenantBinding,
    /** Whether statements are prepared under a name. */
    private readonly prepared: boolean,
  ) {
    this.#client = client;
    this.#binding = binding;
    this.#allow(client);
  }

  protected get client(): pg.PoolClient {
    if (this.#client === undefined) throw new Error('The connection was returned to its pool.');
    return this.#client;
  }

  /** Whether no transaction is open. */
  protected get isIdle(): boolean {
    return this.#unsent === undefined && this.#failure === undefined && this.#isIdleOnServer;
  }

  get #isIdleOnServer(): boolean {
    return this.#client === undefined || (!this.#failed && this.#unanswered === 0 && this.#client.getTransactionStatus() === 'I');
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
    if (commits && this.#hold === undefined) return this.#sendAndCommit(statement);
    return this.#unsent === undefined ? this.#submit(new PreparedQuery(statement)) : this.#begin(statement);
  }

  /** When it fails, the server may have ended the transaction: no other statement is sent. */
  async #sendAndCommit(statement: Statement): Promise<pg.QueryResult> {
    try {
      // A transaction that locks judges the request again before it commits.
      if (this.#unsent !== undefined && this.#binding.locks !== undefined) await this.#begin(this.#named(alone));
      if (this.#unsent !== undefined) return await this.#begin(statement, true);
      return await this.#sendWithCommit(new BoundQuery(statement, { before: [], after: commitMessage, named: this.prepared }));
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #named({ name, ...statement }: Statement): Statement {
    return this.prepared ? { name, ...statement } : statement;
  }

  async #sendWithCommit(query: BoundQuery): Promise<pg.QueryResult> {
    const result = await this.#submit(query);
    assertCommitted(query.end);
    this.#committed = true;
    return result;
  }

  /** Whether a statement ends a transaction that was committed with the statement before. */
  protected endsAgain(text: string): boolean {
    return this.#committed && ends.test(text);
  }

  async #end(statement: Statement): Promise<pg.QueryResult> {
    const [unsent, failure] = [this.#unsent, this.#failure];
    this.#unsent = undefined;
    this.#failure = undefined;
    const sent = unsent === undefined && !this.#committed;
    const hold = this.#hold;
    if (hold !== undefined) {
      hold.ended(this);
      // After a statement that has failed, the server answers COMMIT with ROLLBACK.
      if (sent && failure === undefined && !rollsBack.test(statement.text) && this.client.getTransactionStatus() === 'T') return this.#holdCommit(hold);
      this.#hold = undefined;
    }
    const result = sent ? await this.#submit(new PreparedQuery(failure === undefined ? statement : { text: 'rollback' })) : nothing;
    this.#failed = false;
    if (rollsBack.test(statement.text)) return result;
    if (failure !== undefined) throw failure;
    assertCommitted(result.command);
    return result;
  }

  async #holdCommit(hold: CommitHold): Promise<pg.QueryResult> {
    this.#isHeld = true;
    // Without a listener, the process would end when the connection is lost.
    this.client.on('error', ignore);
    await hold.hold({
      organizationId: this.binding.organizationId,
      commit: (last) => this.#endHeld(() => this.#commitHeld(last)),
      rollBack: () => this.#endHeld(() => this.#submit(new PreparedQuery({ text: 'rollback' }))),
    });
    return nothing;
  }

  async #commitHeld(last: HeldStatement | undefined): Promise<void> {
    if (last === undefined) return assertCommitted((await this.#submit(new PreparedQuery({ text: 'commit' }))).command);
    const query = new BoundQuery(this.#named({ ...last, values: [...last.values] }), { before: [], after: commitMessage, named: this.prepared });
    await this.#submit(query);
    assertCommitted(query.end);
  }

  /** The work may have returned the connection meanwhile. */
  async #endHeld(end: () => Promise<unknown>): Promise<void> {
    try {
      await end();
    } finally {
      this.client.removeListener('error', ignore);
      this.#isHeld = false;
      this.#hold = undefined;
      if (this.#released) this.#giveBack();
    }
  }

  followHeld(works: readonly (() => PromiseLike<unknown>)[]): boolean {
    if (!this.#isHeld) return false;
    this.#hold?.followWith(works);
    return true;
  }

  #submit(query: PreparedQuery): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      this.#unanswered += 1;
      query.onAnswer((error, result) => {
        this.#unanswered -= 1;
        if (error === null) return resolve(result as pg.QueryResult);
        if (!isRecoverable(error)) this.#fatal ??= error;
        if (isReadOnly(error)) this.pool.renew();
        reject(refusalOf(error));
      });
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
    this.#binding = bindingOf(text, this.binding);
    assertReadCommitted(text, this.#binding);
    this.#unsent = text;
    this.#committed = false;
    this.#failure = undefined;
    this.#hold = this.#binding.hold?.isActive === true ? this.#binding.hold : undefined;
    this.#hold?.began(this);
    if (this.#binding.locks !== undefined) process.nextTick(() => void this.inTurn(() => this.#beginEarly()));
    return nothing;
  }

  /** The next statement reports why it failed. */
  async #beginEarly(): Promise<void> {
    await this.beginAlone().catch((error: unknown) => (this.#failure = error));
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
      return await beginWithAuthority(this.#binding.authority, () => this.#tryToBegin(statement, commits));
    } catch (error) {
      if (this.#unsent !== undefined) this.#failure = error;
      throw error;
    }
  }

  async #tryToBegin(statement: Statement, commits: boolean): Promise<pg.QueryResult> {
    if (this.#client === undefined) await this.#takeClient();
    // Another transaction of the request may be held since this one has asked for its client. Its locks would last until the answer, and this one may wait for them.
    if (this.#hold?.isHolding === true) await this.#hold.commitHeld();
    const binding = this.#hold === undefined ? this.#binding : { ...this.#binding, claim: this.#hold.claimFor(this) };
    const { begin, bind } = beginMessages(this.#unsent ?? '', binding);
    const query = new BoundQuery(statement, { before: bind === undefined ? [begin] : [begin, bind], after: commits ? commitMessage : undefined, named: this.prepared });
    try {
      const result = await this.#judged(query, commits ? this.#sendWithCommit(query) : this.#submit(query), bind?.lockColumn);
      this.#unsent = undefined;
      return result;
    } catch (failure) {
      const error = isClaimed(failure) && this.#hold !== undefined ? new RefusedWriteError(this.#hold.refusal()) : failure;
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
    const { authority, locks } = this.#binding;
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

  /** Returns the client to the pool, or closes it when its transaction is still open or a statement is not answered, so that no other work gets it. */
  release(error?: Error | boolean): void {
    this.#released = true;
    if (this.#isHeld) return;
    this.#hold?.ended(this);
    this.#giveBack(error);
  }

  #giveBack(error?: Error | boolean): void {
    const close = this.#fatal ?? error ?? !this.#isIdleOnServer;
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    setAnswerTimeout(client, this.#usualAnswerTimeout);
    client.release(close);
  }

  get #usualAnswerTimeout(): number {
    return this.pool.options.answerTimeoutMillis ?? 0;
  }

  /** A statement that may take longer is answered later. */
  #allow(client: pg.PoolClient): void {
    const usual = this.#usualAnswerTimeout;
    if (usual > 0) setAnswerTimeout(client, Math.max(usual, answerTimeoutOf(this.binding.statementTimeout)));
  }

  async #takeClient(): Promise<void> {
    const client = await checkOut(this.pool);
    if (this.#released) {
      client.release();
      throw new OutsideTransactionError(true);
    }
    this.#client = client;
    this.#allow(client);
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
