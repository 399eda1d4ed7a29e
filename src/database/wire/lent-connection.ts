import type pg from 'pg';
import { wireBinding, type OpenConnection } from '../../tenancy/wire-binding.js';
import type { Statement } from './pg-internals.js';
import { begins, ends, nothing } from './pooled-connection.js';

/** The connection of an open transaction for Prisma, which begins and ends a transaction of its own: only the statements between are sent. */
class LentConnection {
  constructor(private readonly connection: OpenConnection) {}

  query(statement: Statement): Promise<pg.QueryResult> {
    return begins.test(statement.text) || ends.test(statement.text) ? Promise.resolve(nothing) : this.connection.query(statement);
  }

  on(): this {
    return this;
  }

  removeListener(): this {
    return this;
  }

  release(): void {
    // The transaction that has taken it returns it.
  }
}

/** Returns the connection of the open transaction that Prisma's next transaction takes part in; undefined when there is none. */
export function lentConnection(): LentConnection | undefined {
  const connection = wireBinding.lent();
  return connection === undefined ? undefined : new LentConnection(connection);
}
