import type pg from 'pg';
import type { Statement } from './pg-internals.js';
import { isStaleStatement } from './prepared-statement-names.js';
import { beginStatement, type TenantBinding } from './tenant-binding.js';
import { OutsideTransactionError } from './tenant-pool.errors.js';

const begins = /^\s*(?:begin|start\s+transaction)\b[^;]*/i;
/** Ends a transaction; `rollback to <savepoint>` does not. After `commit and chain` the next statement is refused: it has no tenant. */
const ends = /^\s*(?:commit|end|rollback|abort)\b(?!.*\bto\b)/is;

/**
 * A client for one transaction at a time, bound to its tenant from BEGIN on. It has those members of pg's PoolClient that
 * Prisma's adapter uses.
 */
export class TenantConnection {
  #inTransaction = false;
  #stale = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly binding: TenantBinding,
  ) {}

  /**
   * @throws {OutsideTransactionError} when the statement is neither BEGIN nor inside a transaction
   */
  async query(statement: string | Statement, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const { text, writes: _, ...rest } = typeof statement === 'string' ? { text: statement, values } : statement;
    if (!this.#inTransaction || this.client.getTransactionStatus() === 'I') return this.#begin(text);
    if (ends.test(text)) this.#inTransaction = false;
    // The extended protocol takes one statement, so no COMMIT can be added to it.
    const query = { text, ...rest, queryMode: 'extended' } as unknown as pg.QueryConfig;
    try {
      return await this.client.query(query);
    } catch (error) {
      this.#stale ||= isStaleStatement(error);
      throw error;
    }
  }

  on(event: 'error', listener: (error: Error) => void): this {
    this.client.on(event, listener);
    return this;
  }

  removeListener(event: 'error', listener: (error: Error) => void): this {
    this.client.removeListener(event, listener);
    return this;
  }

  /** Returns the client to the pool, or closes it when its transaction is still open, so that no other tenant gets it. */
  release(error?: Error | boolean): void {
    this.#inTransaction = false;
    this.client.release(error ?? (this.#stale || this.client.getTransactionStatus() !== 'I'));
  }

  async #begin(text: string): Promise<pg.QueryResult> {
    const [begin] = begins.exec(text) ?? [];
    if (begin === undefined) throw new OutsideTransactionError();
    // Several statements give several results; pg's types do not say so.
    const results = (await this.client.query(beginStatement(begin, this.binding))) as unknown as pg.QueryResult[];
    this.#inTransaction = true;
    return results[0] as pg.QueryResult;
  }
}
