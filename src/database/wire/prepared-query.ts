import pg from 'pg';
import { tracing, type Span } from '../../common/tracing.js';
import { statementCounts } from './statement-counts.js';
import { WireQuery, WireResult, type RowDescription, type Statement, type WireConnection } from './pg-internals.js';

const ignore = (): void => undefined;

/** The prepared statements of one connection. They live as long as their connection. */
class Prepared {
  /** The names of the prepared binding statements. */
  readonly bindings = new Set<string>();
  /** The columns of each named statement; empty for one that returns no rows. They cannot change: the server refuses (0A000). */
  readonly columns = new Map<string, readonly pg.FieldDef[]>();
  /** The connection without `describe`, for a query whose columns are known. */
  readonly undescribed: WireConnection;

  constructor(connection: WireConnection) {
    this.undescribed = Object.create(connection, { describe: { value: () => undefined } }) as WireConnection;
  }
}

const preparedOn = new WeakMap<WireConnection, Prepared>();

/** Returns what is known of the prepared statements of a connection. */
export function preparedOf(connection: WireConnection): Prepared {
  const known = preparedOn.get(connection) ?? new Prepared(connection);
  if (!preparedOn.has(connection)) preparedOn.set(connection, known);
  return known;
}

/**
 * A query that remembers the columns of its prepared statement on each connection, so that the server describes them once. Only
 * for rows as arrays: others need pg's own handling.
 */
export class PreparedQuery extends WireQuery {
  readonly #types: pg.CustomTypesConfig;
  readonly #keepsColumns: boolean;
  #columns: readonly pg.FieldDef[] = [];
  #sentAt = 0;
  readonly #span: Span | undefined;

  constructor({ name, text, values, rowMode, types }: Statement) {
    // pg would copy an object by the descriptors of its properties, which takes longer than everything else here.
    super(text);
    this.name = name || undefined;
    this.values = values;
    this._result = new WireResult(rowMode, types);
    this._results = this._result;
    this.#types = types ?? pg.types;
    this.#keepsColumns = this.name !== undefined && rowMode === 'array';
    // Here, because the callbacks of a pool may run in the context of other work.
    this.#span = tracing.active?.startStatement(text);
  }

  /**
   * Calls a function with the result or the error. V8 allocates a function that is written where it is assigned to a property in the part of
   * the heap for old objects, where it keeps everything that it uses until the next collection of the whole heap; an argument it does not.
   */
  onAnswer(callback: (error: Error | null, result?: pg.QueryResult) => void): void {
    this.callback = callback;
  }

  /** Always uses the extended protocol: the simple one sends its own Sync and allows several statements. */
  override requiresPreparation(): boolean {
    return true;
  }

  override submit(connection: pg.Connection): void {
    this.#sentAt = performance.now();
    this.#span?.note('sent');
    super.submit(connection);
  }

  override prepare(connection: WireConnection): void {
    const known = preparedOf(connection);
    const columns = this.#keepsColumns ? known.columns.get(this.name as string) : undefined;
    if (columns === undefined) return super.prepare(connection);
    this.#useColumns(columns);
    super.prepare(known.undescribed);
  }

  override handleRowDescription(message: RowDescription): void {
    if (this.#keepsColumns) this.#useColumns(message.fields);
    else super.handleRowDescription(message);
  }

  override handleCommandComplete(message: unknown, connection: WireConnection): void {
    if (this.#keepsColumns) preparedOf(connection).columns.set(this.name as string, this.#columns);
    super.handleCommandComplete(message, connection);
  }

  /** pg reports the error of a value that it cannot write, and then the answer of the server, or the end of the connection. */
  override handleError(error: Error, connection: WireConnection): void {
    if (this.callback !== ignore) {
      statementCounts.failed(error);
      this.#span?.end(error);
    }
    super.handleError(error, connection);
    this.callback = ignore;
  }

  override handleReadyForQuery(connection: WireConnection): void {
    if (this._canceledDueToError === false) {
      statementCounts.answered(this.#sentAt);
      this.#span?.end();
    }
    super.handleReadyForQuery(connection);
  }

  /** Ends the span of a query that got no connection. */
  abandon(error: Error): void {
    this.#span?.end(error);
  }

  #useColumns(columns: readonly pg.FieldDef[]): void {
    this.#columns = columns;
    this._result.fields = columns;
    this._result._parsers = columns.map(({ dataTypeID }) => this.#types.getTypeParser(dataTypeID, 'text'));
    this._accumulateRows = true;
  }
}

/** A question of which nothing matters but that it is answered. */
export const emptyQuery = (): PreparedQuery => new PreparedQuery({ text: 'select' });
