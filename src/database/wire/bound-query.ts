import type { Statement, WireConnection } from './pg-internals.js';
import { PreparedQuery, preparedOf } from './prepared-query.js';
import type { BindMessage } from './tenant-binding.js';

/**
 * A query that binds its tenant in the same round trip; also the binding of a transaction, after its BEGIN. The server runs all messages up to a Sync as one transaction, so the
 * messages that bind the tenant are written before those of the query:
 *
 *     Parse Bind Execute (set_config …)  Parse Bind Describe Execute (the query)  Sync
 *
 * After the Sync, nothing of the binding remains on the connection. The query runs only if the binding succeeded. If the
 * query has a name, the binding has one too, and each connection parses both once.
 */
export class BoundQuery extends PreparedQuery {
  readonly #binding: BindMessage;
  #bound = false;
  #sendsParse = false;

  /** @param binding the statement that runs first */
  constructor(statement: Statement, binding: BindMessage) {
    super(statement);
    this.#binding = binding;
  }

  override prepare(connection: WireConnection): void {
    if (this.name === undefined) {
      connection.parse({ name: '', text: this.#binding.text });
      this.#bind(connection, '');
      return super.prepare(connection);
    }
    this.#sendsParse = (connection.parsedStatements[this.name] ?? connection.submittedNamedStatements[this.name]) === undefined;
    const { bindings } = preparedOf(connection);
    const { name, text } = this.#binding;
    if (!bindings.has(name)) connection.parse({ name, text });
    bindings.add(name);
    this.#bind(connection, name);
    super.prepare(connection);
  }

  #bind(connection: WireConnection, statement: string): void {
    connection.bind({ portal: '', statement, values: this.#binding.values });
    connection.execute({ portal: '' });
  }

  /** pg takes the answer to the binding's Parse for that to the query's, which fails on its own, or is skipped when the binding fails. */
  #forgetParse(connection: WireConnection): void {
    if (this.#sendsParse && this.name !== undefined) delete connection.parsedStatements[this.name];
  }

  override handleError(error: Error, connection: WireConnection): void {
    if (!this.#bound) this.#forgetParse(connection);
    super.handleError(error, connection);
  }

  /** Responses arrive in the order of the statements: the first row and the first completion belong to the binding. */
  override handleDataRow(message: unknown): void {
    if (this.#bound) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: WireConnection): void {
    if (this.#bound) super.handleCommandComplete(message, connection);
    else {
      this.#bound = true;
      this.#forgetParse(connection);
      if (this.#sendsParse && this.name !== undefined) connection.submittedNamedStatements[this.name] = this.text;
    }
  }
}
