import { WireQuery, type Statement, type WireConnection } from './pg-internals.js';
import { bindStatement, bindValues, type TenantBinding } from './tenant-binding.js';

const bindName = 'tenantry_bind';
/** The connections that know the binding by its name. */
const prepared = new WeakSet<WireConnection>();

/**
 * A query that binds its tenant in the same round trip. The server runs everything up to one Sync message as one
 * transaction, so the messages that bind the tenant are written before those of the query:
 *
 *     Parse Bind Execute (set_config …)  Parse Bind Describe Execute (the query)  Sync
 *
 * After the Sync nothing of the binding is left on the connection. The second runs only when the first succeeded. When the
 * query has a name, so has the binding, and each connection parses both once.
 */
export class BoundQuery extends WireQuery {
  readonly #binding: TenantBinding;
  readonly #named: boolean;
  #bound = false;

  constructor({ name, text, values, rowMode, types }: Statement, binding: TenantBinding) {
    super({
      text,
      ...(name ? { name } : {}),
      ...(values === undefined ? {} : { values }),
      ...(rowMode === undefined ? {} : { rowMode }),
      ...(types === undefined ? {} : { types }),
    });
    this.#binding = binding;
    this.#named = Boolean(name);
  }

  /** Always the extended protocol: the simple one ends with a Sync of its own, and allows several statements. */
  override requiresPreparation(): boolean {
    return true;
  }

  override prepare(connection: WireConnection): void {
    const statement = this.#named ? bindName : '';
    if (!this.#named || !prepared.has(connection)) connection.parse({ name: statement, text: bindStatement });
    if (this.#named) prepared.add(connection);
    connection.bind({ portal: '', statement, values: bindValues(this.#binding) });
    connection.execute({ portal: '' });
    super.prepare(connection);
  }

  /** Answers come in the order of the statements: the first row and the first completion are those of the binding. */
  override handleDataRow(message: unknown): void {
    if (this.#bound) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: WireConnection): void {
    if (this.#bound) super.handleCommandComplete(message, connection);
    else this.#bound = true;
  }
}
