import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/**
 * How the tenant reaches the connection pool. The extension reads the tenant when a query is made and sets it here for
 * exactly that query; the pool reads it in the same call, before anything waits. Prisma itself offers no way to hand a
 * value from a query to its driver adapter.
 */
export const wireBinding = {
  /** Runs `work`, and asks for its result inside, since Prisma's promises begin only when they are asked. */
  run<Result>(organizationId: string, work: () => PromiseLike<Result>): PromiseLike<Result> {
    return storage.run(organizationId, () => work().then((result) => result));
  },

  /** The tenant of the query that is being made, if any. */
  current(): string | undefined {
    return storage.getStore();
  },
} as const;
