import type { Args } from './model-kind.js';
import { wireBinding, type OpenConnection } from './wire-binding.js';

/** Where a statement is sent. */
export interface StatementTarget {
  /** The tenant; undefined for the platform. */
  readonly organizationId: string | undefined;
  /** The connection of the open transaction that the statement belongs to. */
  readonly connection?: OpenConnection | undefined;
  /** The id of the organization that the statement locks. */
  readonly locks?: string | undefined;
}

/** Runs reads of models outside of Prisma. It is declared here because the extensions use it; `database/reads` implements it. */
export interface ReadRunner {
  /** The names of the models that it knows. */
  readonly models: readonly string[];
  /**
   * Returns the result as Prisma would; undefined when the read is left to Prisma.
   *
   * @param args the arguments of the read, confined to the tenant already
   */
  run(target: StatementTarget, model: string, operation: string, args: Args): PromiseLike<unknown> | undefined;
}

/** Runs writes of models outside of Prisma, as {@link ReadRunner} runs reads; `database/writes` implements it. */
export interface WriteRunner extends Pick<ReadRunner, 'run'> {
  /** Returns the arguments of a write that is left to Prisma, with the ids and times that Prisma would take from the clock of the machine. */
  complete(model: string, operation: string, args: Args): Args;
}

/** Runs tagged raw SQL outside of Prisma; `database/raw` implements it. */
export interface RawRunner {
  /** Returns the result as Prisma would; undefined when the statement is left to Prisma. @param sql the arguments of the operation */
  run(target: StatementTarget, operation: string, sql: unknown): PromiseLike<unknown> | undefined;
}

/** A connection for a transaction, with what Prisma's adapter uses of it. */
export interface LendableConnection extends OpenConnection {
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
  release(): void;
}

/** The statements that a client runs outside of Prisma. Prisma runs the others. */
export interface StatementRunners {
  /** Takes a connection for a transaction, which is bound to the present tenant. */
  readonly connect?: () => Promise<LendableConnection>;
  readonly reads?: ReadRunner;
  readonly writes?: WriteRunner;
  readonly raw?: RawRunner;
}

/** The part of Prisma's extension API that says to which transaction a query belongs. `test/inside/database/prepared-statements.spec.ts` fails when Prisma changes it. */
export interface QueryOfTransaction {
  readonly __internalParams?: { readonly transaction?: { readonly id?: unknown } | undefined };
}

const scopeOfClient = Symbol.for('prisma.client.transaction.scope_context');

/** Returns the id that Prisma gives the transaction of a client. */
export const transactionIdOf = (client: unknown): string => (client as Record<symbol, { readonly txId: string }>)[scopeOfClient]?.txId ?? '';

/**
 * Returns the target of a query; undefined for one that is left to Prisma: a query of a transaction whose connection is not known, and
 * a query that the work of a transaction makes with the client outside of it.
 */
export function targetOf({ __internalParams: internal }: QueryOfTransaction, organizationId: string | undefined): StatementTarget | undefined {
  const transaction = internal?.transaction;
  if (transaction === undefined) return wireBinding.transaction() === undefined ? { organizationId } : undefined;
  const connection = wireBinding.connectionOf(String(transaction.id));
  return connection === undefined ? undefined : { organizationId, connection };
}
