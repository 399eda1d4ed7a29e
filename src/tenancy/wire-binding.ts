import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/**
 * How the tenant reaches the connection pool. The extension reads the tenant when a query is made and sets it here for
 * exactly that query; the pool reads it in the same call, before anything waits. Prisma itself offers no way to hand a
 * value from a query to its driver adapter.
 */
export const wireBinding = {
  /** Runs `work`, and awaits it inside, since Prisma's promises begin only when they are awaited. */
  run<Result>(organizationId: string, work: () => PromiseLike<Result>): Promise<Result> {
    return storage.run(organizationId, async () => work());
  },

  /** The tenant of the query that is being made, if any. */
  current(): string | undefined {
    return storage.getStore();
  },
} as const;
