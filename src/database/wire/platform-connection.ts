import type pg from 'pg';
import type { Statement } from './pg-internals.js';
import { beginStatement } from './tenant-binding.js';

const begins = /^\s*(?:begin|start\s+transaction)\b[^;]*$/i;

/** A client of the platform pool. It sends the audit note with each BEGIN, and passes everything else on to pg's client. */
export class PlatformConnection {
  constructor(
    private readonly client: pg.PoolClient,
    private readonly note: string,
  ) {}

  async query(statement: string | Statement, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const text = typeof statement === 'string' ? statement : statement.text;
    if (!begins.test(text)) return this.client.query(statement as pg.QueryConfig, values as unknown[]);
    // Several statements give several results; pg's types do not say so.
    const results = (await this.client.query(beginStatement(text, { organizationId: undefined, statementTimeout: 0, note: this.note }))) as unknown as pg.QueryResult[];
    return results[0] as pg.QueryResult;
  }

  on(event: 'error', listener: (error: Error) => void): this {
    this.client.on(event, listener);
    return this;
  }

  removeListener(event: 'error', listener: (error: Error) => void): this {
    this.client.removeListener(event, listener);
    return this;
  }

  release(error?: Error | boolean): void {
    this.client.release(error);
  }
}
