import pg from 'pg';

// All internals of pg that this folder uses, with types. `test/inside/database/tenant-pool.spec.ts` checks the assumptions:
// run it before you raise pg's version.

/** The messages of the extended query protocol that a query writes (PostgreSQL's manual, "Message Flow"). */
export interface WireConnection {
  /** The text of each named statement that the server has parsed. */
  readonly parsedStatements: Record<string, string | undefined>;
  /** The text of each named statement that the server was sent, and has not parsed yet. */
  readonly submittedNamedStatements: Record<string, string | undefined>;
  parse(message: { readonly name: string; readonly text: string }): void;
  bind(message: { readonly portal: string; readonly statement: string; readonly values: readonly string[] }): void;
  describe(message: { readonly type: 'P'; readonly name: string }): void;
  execute(message: { readonly portal: string }): void;
  sync(): void;
}

/** A statement for {@link WireQuery}: pg's options, and those that its types lack. */
export interface Statement {
  /** The name of the prepared statement. A statement without a name is parsed each time. */
  readonly name?: string | undefined;
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly rowMode?: 'array';
  readonly types?: pg.CustomTypesConfig;
  /** Whether it reads by a key, waits for no lock and ends at once, so that it can share its connection ({@link ReadLanes}): later ones wait for it. */
  readonly quick?: boolean;
  /** Whether its caller fails when it finds no row. It does not carry COMMIT: its transaction would be committed already. */
  readonly needsRow?: boolean | undefined;
}

/** The columns of a result, as the server describes them. */
export interface RowDescription {
  readonly fields: readonly pg.FieldDef[];
}

/** pg's Result while it receives rows. */
export interface FillingResult {
  fields: readonly pg.FieldDef[];
  _parsers: readonly ((text: string) => unknown)[] | undefined;
}

/** pg's Query: it writes its messages in `prepare`, and receives the responses. */
interface WireQueryMethods {
  name: string | undefined;
  values: readonly unknown[] | undefined;
  readonly text: string;
  _result: FillingResult;
  _results: FillingResult;
  _accumulateRows: boolean;
  /** The error of a value that pg could not read. */
  readonly _canceledDueToError: Error | false;
  callback: ((error: Error | null, result?: pg.QueryResult) => void) | undefined;
  submit(connection: pg.Connection): void;
  requiresPreparation(): boolean;
  prepare(connection: WireConnection): void;
  handleRowDescription(message: RowDescription): void;
  _getRows(connection: WireConnection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: WireConnection): void;
  handleError(error: Error, connection: WireConnection): void;
  handleReadyForQuery(connection: WireConnection): void;
}

export const WireQuery = pg.Query as unknown as new (text: string) => WireQueryMethods;

export const WireResult = (pg as unknown as { readonly Result: new (rowMode: Statement['rowMode'], types: Statement['types']) => FillingResult }).Result;

/** The parts of pg's Pool that its types lack. */
export interface PoolInternals {
  readonly _clients: readonly pg.PoolClient[];
  readonly _idle: readonly { readonly client: pg.PoolClient }[];
  readonly _expired: WeakSet<pg.PoolClient>;
  _remove(client: pg.PoolClient, removed: () => void): void;
  _pulseQueue(): void;
}
