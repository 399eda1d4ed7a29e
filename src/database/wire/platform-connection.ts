import type pg from 'pg';
import type { Statement } from './pg-internals.js';
import { PooledConnection } from './pooled-connection.js';

const begins = /^\s*(?:begin|start\s+transaction)\b[^;]*$/i;

/** A client of the platform pool. It sends the audit note and the authority with each BEGIN, and passes everything else on to pg's client. */
export class PlatformConnection extends PooledConnection {
  query(statement: string | Statement, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const text = typeof statement === 'string' ? statement : statement.text;
    return this.inTurn(() => (begins.test(text) ? this.begin(text) : this.client.query(statement as pg.QueryConfig, values as unknown[])));
  }
}
