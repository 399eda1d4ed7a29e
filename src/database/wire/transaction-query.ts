import type { Statement, WireConnection } from './pg-internals.js';
import { PreparedQuery, preparedOf } from './prepared-query.js';
import type { BindMessage } from './tenant-binding.js';

/** The statements that are sent in one message with the statement of a transaction. */
export interface Companions {
  /** Run before it: BEGIN and the binding. */
  readonly before: readonly BindMessage[];
  /** Runs after it, if it succeeds: COMMIT. */
  readonly after?: BindMessage | undefined;
  /** Whether they are prepared under their names. */
  readonly named: boolean;
}

/**
 * A statement of a transaction that begins the transaction, or commits it, in the same message:
 *
 *     Bind Execute (begin)  Bind Execute (set_config …)  Bind Describe Execute (the statement)  Bind Execute (commit)  Sync
 *
 * The server skips everything after the first error. It starts the transaction with the BEGIN, so that the Sync does not end it.
 */
export class TransactionQuery extends PreparedQuery {
  readonly #companions: Companions;
  readonly #names = new Set<string>();
  /** How many of the statements have completed. */
  #completed = 0;
  #wasParsed = false;
  #bound: readonly (string | null)[] = [];
  #end = '';

  constructor(statement: Statement, companions: Companions) {
    super(statement);
    this.#companions = companions;
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
    this.#wasParsed = this.name !== undefined && connection.parsedStatements[this.name] !== undefined;
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
    const statement = this.#companions.named ? name : '';
    if (statement === '' || !this.#knownOn(connection).has(statement)) {
      connection.parse({ name: statement, text });
      this.#names.add(statement);
      this.#knownOn(connection).add(statement);
    }
    connection.bind({ portal: '', statement, values });
    connection.execute({ portal: '' });
  }

  /** A connection that describes nothing inherits from the one that is known. */
  #knownOn(connection: WireConnection): Set<string> {
    return preparedOf(Object.hasOwn(connection, 'describe') ? (Object.getPrototypeOf(connection) as WireConnection) : connection).bindings;
  }

  /** pg takes the answer to each Parse for that to the statement's own. */
  #forgetParse(connection: WireConnection): void {
    if (!this.#wasParsed && this.name !== undefined) delete connection.parsedStatements[this.name];
  }

  override handleError(error: Error, connection: WireConnection): void {
    if (!this.hasBegun) this.#forgetParse(connection);
    // The server has not parsed what follows the statement that failed.
    const { before, after } = this.#companions;
    for (const { name } of [...before, undefined, after].slice(this.#completed + 1).filter((message) => message !== undefined))
      if (this.#names.has(name)) this.#knownOn(connection).delete(name);
    super.handleError(error, connection);
  }

  override handleDataRow(message: { readonly fields: readonly (string | null)[] }): void {
    if (this.hasBegun) super.handleDataRow(message);
    else this.#bound = message.fields;
  }

  override handleCommandComplete(message: { readonly text: string }, connection: WireConnection): void {
    const place = this.#completed - this.#companions.before.length;
    this.#completed += 1;
    if (place < 0) this.#forgetParse(connection);
    else if (place === 0) super.handleCommandComplete(message, connection);
    else this.#end = message.text;
  }
}
