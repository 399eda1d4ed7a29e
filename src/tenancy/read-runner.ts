import { wireBinding } from './wire-binding.js';

import type { Args } from './model-kind.js';

/** Runs reads of models outside of Prisma. It is declared here because the extension uses it; `database/reads` implements it. */
export interface ReadRunner {
  /**
   * Returns the result as Prisma would; undefined when the read is left to Prisma.
   *
   * @param organizationId the tenant; undefined for a read of the platform
   * @param args the arguments of the read, confined to the tenant already
   */
  run(organizationId: string | undefined, model: string, operation: string, args: Args): PromiseLike<unknown> | undefined;
}

/** The part of Prisma's extension API that says to which transaction a query belongs. `test/inside/database/prepared-reads.spec.ts` fails when Prisma changes it. */
export interface QueryOfTransaction {
  readonly __internalParams?: { readonly transaction?: unknown };
}

/**
 * Whether a query belongs to a transaction: because it is made by the client of one, wherever that client was passed to, or
 * because it is made by the work of one.
 */
export const isInTransaction = ({ __internalParams: internal }: QueryOfTransaction): boolean => internal?.transaction !== undefined || wireBinding.transaction() !== undefined;
