import pg from 'pg';
import { WireQuery, type RowDescription, type Statement, type WireConnection } from './pg-internals.js';
import { bindMessage, type BindMessage, type TenantBinding } from './tenant-binding.js';

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

function preparedOf(connection: WireConnection): Prepared {
  const known = preparedOn.get(connection) ?? new Prepared(connection);
  if (!preparedOn.has(connection)) preparedOn.set(connection, known);
  return known;
}

/**
 * A query that binds its tenant in the same round trip. The server runs all messages up to a Sync as one transaction, so the
 * messages that bind the tenant are written before those of the query:
 *
 *     Parse Bind Execute (set_config …)  Parse Bind Describe Execute (the query)  Sync
 *
 * After the Sync, nothing of the binding remains on the connection. The query runs only if the binding succeeded. If the
 * query has a name, the binding has one too, and each connection parses both once.
 */
export class BoundQuery extends WireQuery {
  readonly #binding: BindMessage;
  readonly #name: string | undefined;
  readonly #types: pg.CustomTypesConfig;
  /** Whether to remember the columns. Only for rows as arrays, which Prisma asks for: others need pg's own handling. */
  readonly #keepsColumns: boolean;
  #bound = false;
  #wasParsed = false;
  #columns: readonly pg.FieldDef[] = [];

  constructor({ name, text, values, rowMode, types }: Statement, binding: TenantBinding) {
    super({
      text,
      ...(name ? { name } : {}),
      ...(values === undefined ? {} : { values }),
      ...(rowMode === undefined ? {} : { rowMode }),
      ...(types === undefined ? {} : { types }),
    });
    this.#binding = bindMessage(binding);
    this.#name = name || undefined;
    this.#types = types ?? pg.types;
    this.#keepsColumns = this.#name !== undefined && rowMode === 'array';
  }

  /** Always uses the extended protocol: the simple one sends its own Sync and allows several statements. */
  override requiresPreparation(): boolean {
    return true;
  }

  override prepare(connection: WireConnection): void {
    if (this.#name === undefined) {
      connection.parse({ name: '', text: this.#binding.text });
      this.#bind(connection, '');
      return super.prepare(connection);
    }
    this.#wasParsed = connection.parsedStatements[this.#name] !== undefined;
    const known = preparedOf(connection);
    const { name, text } = this.#binding;
    if (!known.bindings.has(name)) connection.parse({ name, text });
    known.bindings.add(name);
    this.#bind(connection, name);
    const columns = this.#keepsColumns ? known.columns.get(this.#name) : undefined;
    if (columns === undefined) return super.prepare(connection);
    this.#useColumns(columns);
    super.prepare(known.undescribed);
  }

  #bind(connection: WireConnection, statement: string): void {
    connection.bind({ portal: '', statement, values: this.#binding.values });
    connection.execute({ portal: '' });
  }

  override handleRowDescription(message: RowDescription): void {
    if (this.#keepsColumns) this.#useColumns(message.fields);
    else super.handleRowDescription(message);
  }

  #useColumns(columns: readonly pg.FieldDef[]): void {
    this.#columns = columns;
    this._result.fields = columns;
    this._result._parsers = columns.map(({ dataTypeID }) => this.#types.getTypeParser(dataTypeID, 'text'));
    this._accumulateRows = true;
  }

  /** When the binding fails, the server skips the query's Parse; pg has taken the answer to the binding's Parse for it. */
  override handleError(error: Error, connection: WireConnection): void {
    if (!this.#bound && !this.#wasParsed && this.#name !== undefined) delete connection.parsedStatements[this.#name];
    super.handleError(error, connection);
  }

  /** Responses arrive in the order of the statements: the first row and the first completion belong to the binding. */
  override handleDataRow(message: unknown): void {
    if (this.#bound) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: WireConnection): void {
    if (!this.#bound) {
      this.#bound = true;
      return;
    }
    if (this.#keepsColumns && this.#name !== undefined) preparedOf(connection).columns.set(this.#name, this.#columns);
    super.handleCommandComplete(message, connection);
  }
}
