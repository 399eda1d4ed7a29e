import type pg from 'pg';
import type { Statement } from './pg-internals.js';
import { begins, ends, PooledConnection, rollsBack } from './pooled-connection.js';
import { OutsideTransactionError } from './tenant-pool.errors.js';

/** A client for one transaction at a time, bound to its tenant from BEGIN on. */
export class TenantConnection extends PooledConnection {
  #inTransaction = false;
  #rolledBack = false;

  /**
   * @throws {OutsideTransactionError} when the statement is neither BEGIN nor inside a transaction
   */
  query(statement: string | Statement, values?: readonly unknown[]): Promise<pg.QueryResult> {
    return this.inTurn(() => this.#execute(statement, values));
  }

  queryAndCommit(statement: Statement): Promise<pg.QueryResult> {
    return this.inTurn(() => this.#execute(statement, undefined, true));
  }

  override release(error?: Error | boolean): void {
    this.#inTransaction = false;
    super.release(error);
  }

  async #execute(statement: string | Statement, values?: readonly unknown[], commits = false): Promise<pg.QueryResult> {
    const full = typeof statement === 'string' ? { text: statement, ...(values === undefined ? {} : { values }) } : statement;
    if (!this.#inTransaction || this.isIdle) return this.endsAgain(full.text) ? this.send(full) : this.#begin(full.text);
    if (ends.test(full.text)) {
      this.#inTransaction = false;
      this.#rolledBack = rollsBack.test(full.text);
    }
    return this.send(full, commits);
  }

  #begin(text: string): pg.QueryResult {
    if (!begins.test(text)) throw new OutsideTransactionError(this.#rolledBack);
    const result = this.begin(text);
    this.#inTransaction = true;
    return result;
  }
}
