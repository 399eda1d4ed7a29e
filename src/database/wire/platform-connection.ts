import type pg from 'pg';
import type { Statement } from './pg-internals.js';
import { begins, ends, PooledConnection, rollsBack } from './pooled-connection.js';
import { OutsideTransactionError } from './tenant-pool.errors.js';

/**
 * A client of the platform pool. It sends the audit note and the authority with each BEGIN, and passes everything else on to pg's client.
 * Once a transaction has begun, it executes statements only inside one: Prisma rolls a transaction back whose time is over, and what
 * the rest of its work then sends would otherwise be committed statement by statement.
 */
export class PlatformConnection extends PooledConnection {
  #begun = false;
  #rolledBack = false;

  /** @throws {OutsideTransactionError} after the transaction has ended */
  query(statement: string | Statement, values?: readonly unknown[]): Promise<pg.QueryResult> {
    return this.inTurn(() => this.#execute(statement, values));
  }

  queryAndCommit(statement: Statement): Promise<pg.QueryResult> {
    return this.inTurn(() => this.#execute(statement, undefined, true));
  }

  async #execute(statement: string | Statement, values?: readonly unknown[], commits = false): Promise<pg.QueryResult> {
    const text = typeof statement === 'string' ? statement : statement.text;
    if (begins.test(text)) {
      this.#begun = true;
      return this.begin(text);
    }
    if (this.#begun && this.isIdle && !this.endsAgain(text)) throw new OutsideTransactionError(this.#rolledBack);
    if (ends.test(text)) {
      this.#rolledBack = rollsBack.test(text);
      return this.send({ text });
    }
    if (typeof statement === 'string') {
      await this.beginAlone();
      return this.client.query(statement, values as unknown[]);
    }
    return this.send(values === undefined ? statement : { ...statement, values }, commits);
  }
}
