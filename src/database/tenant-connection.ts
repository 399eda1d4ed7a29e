import type pg from 'pg';
import type { Statement } from './pg-internals.js';
import { beginStatement, type TenantBinding } from './tenant-binding.js';
import { OutsideTransactionError } from './tenant-pool.errors.js';

const begins = /^\s*(?:begin|start\s+transaction)\b[^;]*/i;
/** Not `rollback to <savepoint>`. A chained transaction is refused too: its successor would have no tenant. */
const ends = /^\s*(?:commit|end|rollback|abort)\b(?!.*\bto\b)/is;

/**
 * A client for one transaction at a time, bound to its tenant from BEGIN on. It offers what Prisma's adapter uses of
 * pg's PoolClient.
 */
export class TenantConnection {
  #inTransaction = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly binding: TenantBinding,
  ) {}

  /**
   * @throws {OutsideTransactionError} when it is neither BEGIN nor inside a transaction
   */
  async query(statement: string | Statement, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const { text, ...rest } = typeof statement === 'string' ? { text: statement, values } : statement;
    if (!this.#inTransaction || this.client.getTransactionStatus() === 'I') return this.#begin(text);
    if (ends.test(text)) this.#inTransaction = false;
    // The extended protocol takes one statement only, so nobody slips a COMMIT in; unnamed, for PgBouncer.
    const query = { text, ...rest, name: undefined, queryMode: 'extended' } as unknown as pg.QueryConfig;
    return this.client.query(query);
  }

  on(event: 'error', listener: (error: Error) => void): this {
    this.client.on(event, listener);
    return this;
  }

  removeListener(event: 'error', listener: (error: Error) => void): this {
    this.client.removeListener(event, listener);
    return this;
  }

  /** Gives the client back, or closes it when its transaction is not over: nobody may inherit a bound one. */
  release(error?: Error | boolean): void {
    this.#inTransaction = false;
    this.client.release(error ?? this.client.getTransactionStatus() !== 'I');
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
