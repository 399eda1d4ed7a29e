import { AsyncLocalStorage } from 'node:async_hooks';

interface Binding {
  readonly organizationId: string;
  readonly writes: boolean;
}

const storage = new AsyncLocalStorage<Binding>();

/**
 * Carries the tenant from a query to the connection pool. The Prisma extension sets it for exactly one query, and the
 * pool reads it in the same call, before anything waits. Prisma itself cannot pass a value from a query to its driver
 * adapter.
 */
export const wireBinding = {
  /**
   * Runs `work` and awaits its result inside, because Prisma's promises start only when they are awaited.
   *
   * @param options.writes whether the query may write; true when left out. A query that cannot is sent without the audit note
   */
  run<Result>(organizationId: string, work: () => PromiseLike<Result>, { writes = true }: { readonly writes?: boolean } = {}): PromiseLike<Result> {
    return storage.run({ organizationId, writes }, () => work().then((result) => result));
  },

  /** The tenant of the query that is being made, if any. */
  current(): string | undefined {
    return storage.getStore()?.organizationId;
  },

  /** Whether the query that is being made may write. */
  writes(): boolean {
    return storage.getStore()?.writes ?? true;
  },
} as const;
