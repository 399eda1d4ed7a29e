import type { Statement, WireConnection } from './pg-internals.js';
import { PreparedQuery, preparedOf } from './prepared-query.js';
import type { BindMessage } from './tenant-binding.js';

/** The statements that are sent in one message with another one. */
export interface Companions {
  /** Run before it: the binding, and BEGIN for the first statement of a transaction. */
  readonly before: readonly BindMessage[];
  /** Runs after it, if it succeeds: COMMIT. */
  readonly after?: BindMessage | undefined;
  /** Whether they are prepared under their names; like the statement when left out. */
  readonly named?: boolean;
}

/**
 * A query that binds its tenant in the same round trip. The server runs all messages up to a Sync as one transaction, so the messages that
 * bind the tenant are written before those of the query:
 *
 *     Parse Bind Execute (set_config …)  Parse Bind Describe Execute (the query)  Sync
 *
 * After the Sync, nothing of the binding remains on the connection. The server skips everything after the first error, so the query runs only
 * if the binding succeeded. Each connection parses a statement with a name once.
 *
 * A statement of a transaction also begins the transaction, or commits it, in its message. The server starts the transaction with the
 * BEGIN, so that the Sync does not end it:
 *
 *     Bind Execute (begin)  Bind Execute (set_config …)  Bind Describe Execute (the statement)  Bind Execute (commit)  Sync
 */
export class BoundQuery extends PreparedQuery {
  readonly #companions: Companions;
  readonly #named: boolean;
  /** The names of the companions that this query has sent to be parsed. */
  readonly #parsed: string[] = [];
  /** How many of the statements have completed. */
  #completed = 0;
  #sendsParse = false;
  #bound: readonly (string | null)[] = [];
  #end = '';

  constructor(statement: Statement, companions: Companions) {
    super(statement);
    this.#companions = companions;
    this.#named = companions.named ?? this.name !== undefined;
  }

  /** Whether everything before the statement has succeeded. */
  get hasBegun(): boolean {
    return this.#completed >= this.#companions.before.length;
  }

  /** The row of the last statement before this one: that of the binding. */
  get bound(): readonly (string | null)[] {
    return this.#bound;
  }

  /** The answer to COMMIT: COMMIT, or ROLLBACK after a statement that had failed. */
  get end(): string {
    return this.#end;
  }

  override prepare(connection: WireConnection): void {
    this.#sendsParse = this.name !== undefined && (connection.parsedStatements[this.name] ?? connection.submittedNamedStatements[this.name]) === undefined;
    for (const message of this.#companions.before) this.#write(connection, message);
    super.prepare(connection);
  }

  /** Writes Execute and Sync, as pg does, and the statement that follows between them. */
  override _getRows(connection: WireConnection): void {
    connection.execute({ portal: '' });
    if (this.#companions.after !== undefined) this.#write(connection, this.#companions.after);
    connection.sync();
  }

  #write(connection: WireConnection, { name, text, values }: BindMessage): void {
    const statement = this.#named ? name : '';
    if (statement === '' || !this.#knownOn(connection).has(statement)) {
      connection.parse({ name: statement, text });
      if (statement !== '') {
        this.#parsed.push(statement);
        this.#knownOn(connection).add(statement);
      }
    }
    connection.bind({ portal: '', statement, values });
    connection.execute({ portal: '' });
  }

  /** A connection that describes nothing inherits from the one that is known. */
  #knownOn(connection: WireConnection): Set<string> {
    return preparedOf(Object.hasOwn(connection, 'describe') ? (Object.getPrototypeOf(connection) as WireConnection) : connection).bindings;
  }

  /** pg takes the answer to the Parse of a companion for that to the query's, which fails on its own, or is skipped when a companion fails. */
  #forgetParse(connection: WireConnection): void {
    if (this.#sendsParse && this.name !== undefined) delete connection.parsedStatements[this.name];
  }

  override handleError(error: Error, connection: WireConnection): void {
    if (!this.hasBegun) this.#forgetParse(connection);
    // The server has not parsed what follows the statement that failed.
    const { before, after } = this.#companions;
    for (const message of [...before, undefined, after].slice(this.#completed + 1))
      if (message !== undefined && this.#parsed.includes(message.name)) this.#knownOn(connection).delete(message.name);
    super.handleError(error, connection);
  }

  /** Responses arrive in the order of the statements. */
  override handleDataRow(message: { readonly fields: readonly (string | null)[] }): void {
    if (this.hasBegun) super.handleDataRow(message);
    else this.#bound = message.fields;
  }

  override handleCommandComplete(message: { readonly text: string }, connection: WireConnection): void {
    const place = this.#completed - this.#companions.before.length;
    this.#completed += 1;
    if (place < 0) {
      this.#forgetParse(connection);
      // Queries that share the connection must not parse it again meanwhile.
      if (this.#sendsParse && this.name !== undefined) connection.submittedNamedStatements[this.name] = this.text;
    } else if (place === 0) super.handleCommandComplete(message, connection);
    else this.#end = message.text;
  }
}
