import pg from 'pg';
import { BoundQuery } from './bound-query.js';
import { runOn } from './lent-query.js';
import { checkOut, type Statement } from './pg-internals.js';
import { PlatformConnection } from './platform-connection.js';
import { mayWrite } from './tenant-binding.js';

type Connected = (error: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void;

/**
 * The connections of the platform role, for SQL that Prisma cannot say. It sees all tenants: see {@link PlatformDb}. Who
 * does what is bound to each statement that may write, and to each transaction, as the tenants' pool binds its tenant.
 */
export class PlatformPool extends pg.Pool {
  /** @param currentNote who does what, for the audit log; asked at the moment of the call */
  constructor(
    config: pg.PoolConfig,
    private readonly currentNote: () => string | undefined = () => undefined,
  ) {
    super(config);
    this.query = this.#query.bind(this) as unknown as pg.Pool['query'];
    this.connect = this.#connect.bind(this) as unknown as pg.Pool['connect'];
  }

  #query(statement: string | Statement, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const full = typeof statement === 'string' ? { text: statement } : statement;
    const note = mayWrite(full.text) ? this.currentNote() : undefined;
    if (note === undefined) return super.query(statement as pg.QueryConfig, values as unknown[]);
    return runOn(this, new BoundQuery(values === undefined ? full : { ...full, values }, { organizationId: undefined, statementTimeout: 0, note }));
  }

  /** pg's own query() connects with a callback. */
  #connect(connected?: Connected): Promise<pg.PoolClient> | void {
    if (connected !== undefined) return super.connect(connected as never);
    const note = this.currentNote();
    if (note === undefined) return super.connect();
    return checkOut(this).then((client) => new PlatformConnection(client, note) as unknown as pg.PoolClient);
  }
}
