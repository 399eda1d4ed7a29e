import type { EventEmitter } from 'node:events';
import pg from 'pg';

// What we use of pg beyond its documented interface, typed, in one place. `test/inside/database/tenant-pool.spec.ts` guards
// the assumptions: run it before raising pg's version.

/** The messages of the extended query protocol that a query writes (PostgreSQL's manual, "Message Flow"). */
export interface WireConnection {
  parse(message: { readonly name: string; readonly text: string }): void;
  bind(message: { readonly portal: string; readonly statement: string; readonly values: readonly string[] }): void;
  describe(message: { readonly type: 'P'; readonly name: string }): void;
  execute(message: { readonly portal: string }): void;
}

/** A statement for {@link WireQuery}: pg's own, and what its types leave out. */
export interface Statement {
  /** Under which the connection keeps it prepared; without one it is parsed each time. */
  readonly name?: string | undefined;
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly rowMode?: 'array';
  readonly types?: pg.CustomTypesConfig;
  /**
   * Whether the statement may write; true when left out. Only `false` saves the audit note, which tells the audit triggers
   * who acts. A SELECT that calls a function may write.
   */
  readonly writes?: boolean;
}

/** The columns of a result, as the server describes them. */
export interface RowDescription {
  readonly fields: readonly pg.FieldDef[];
}

/** pg's Result while it is being filled. */
export interface FillingResult {
  fields: readonly pg.FieldDef[];
  _parsers: readonly ((text: string) => unknown)[] | undefined;
}

/** pg's Query: writes its messages in `prepare`, and is told of each answer. */
interface WireQueryMethods {
  readonly _result: FillingResult;
  _accumulateRows: boolean;
  callback: ((error: Error | null, result?: pg.QueryResult) => void) | undefined;
  submit(connection: pg.Connection): void;
  requiresPreparation(): boolean;
  prepare(connection: WireConnection): void;
  handleRowDescription(message: RowDescription): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: WireConnection): void;
}

export const WireQuery = pg.Query as unknown as new (statement: Statement) => WireQueryMethods;

/** pg's Pool without the two methods that {@link TenantPool} replaces by narrower ones. */
export type LendingPool = EventEmitter & Pick<pg.Pool, 'end' | 'ended' | 'ending' | 'idleCount' | 'options' | 'totalCount' | 'waitingCount'>;

export const PoolWithoutQueries = pg.Pool as unknown as new (config: pg.PoolConfig) => LendingPool;

// oxlint-disable-next-line typescript/unbound-method -- it is called with its pool below
const connect = pg.Pool.prototype.connect as (this: unknown) => Promise<pg.PoolClient>;

/** Takes a client out of a pool by pg's own method. */
export const checkOut = (pool: LendingPool): Promise<pg.PoolClient> => connect.call(pool);

type Borrower = (error: Error | undefined, client?: pg.PoolClient) => void;

/** The same, without a promise. */
export const lend = (pool: LendingPool, borrower: Borrower): void => (connect as unknown as (this: unknown, borrower: Borrower) => void).call(pool, borrower);
