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
