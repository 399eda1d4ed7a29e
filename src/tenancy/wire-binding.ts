import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import { OrganizationLine } from './organization-line.js';
import { commitHeldTransaction, currentHold } from './tenant-context.js';

/** How one query, or one transaction, is sent. */
export interface WireOptions {
  /** Whether it may write; true when left out. A query that cannot is sent without the audit note and without the authority. */
  readonly writes?: boolean;
  /** The id of the organization that is locked in the statement that begins the transaction. */
  readonly locks?: string | undefined;
  /** Milliseconds that the transaction may take; undefined for the usual time. */
  readonly timeout?: number | undefined;
}

/** The connection of an open transaction. */
export interface OpenConnection {
  query(statement: string | { readonly text: string }): Promise<pg.QueryResult>;
  /** Executes the last statement of the transaction, and commits it in the same message. */
  queryAndCommit(statement: { readonly text: string }): Promise<pg.QueryResult>;
  /** Takes the work that follows the commit, if the commit is delayed. @returns whether it is */
  followHeld?(works: readonly (() => PromiseLike<unknown>)[]): boolean;
}

interface Binding extends WireOptions {
  readonly organizationId: string | undefined;
  /** The transaction that begins. */
  readonly opens?: OpenTransaction;
  /** The connection that Prisma gets, to take part in its transaction. */
  readonly lends?: OpenConnection;
}

/** The transaction that the current work belongs to, when `TenantDb` or `PlatformDb` has begun it. */
export interface OpenTransaction {
  /** The id of the organization that was locked when it began. */
  readonly locks: string | undefined;
  /** The work that runs after its commit, in this order. */
  readonly afterCommit: (() => PromiseLike<unknown>)[];
  /** Its connection, once the pool has lent one. */
  connection: OpenConnection | undefined;
  /** Whether the next statement is the last one. */
  ends: boolean;
}

/** Carries the refusal of a request through Prisma, which replaces errors that have a `code`. {@link wireBinding} unwraps it. */
export class RefusedWriteError extends Error {
  constructor(refusal: unknown) {
    super('The request was refused when its write began.', { cause: refusal });
  }
}

function rethrow(error: unknown): never {
  throw error instanceof RefusedWriteError ? error.cause : error;
}

/** The options of a transaction. */
export interface TransactionWireOptions extends WireOptions {
  /** The id of an organization that the transaction locks later. */
  readonly locksLater?: string | undefined;
}

/** Milliseconds that a write waits for those of its process that lock the same organization: as long as it then waits in the database. */
const linePatience = 15_000;

const line = new OrganizationLine(linePatience);

/** Waits for its turn without a lock of the organization: those before it would wait for that. */
async function inLine<Result>(organizationId: string, send: () => PromiseLike<Result>): Promise<Result> {
  if (currentHold()?.isHolding === true) await commitHeldTransaction();
  return line.run(organizationId, send);
}

const storage = new AsyncLocalStorage<Binding>();
const transactions = new AsyncLocalStorage<OpenTransaction | undefined>();
/** The open transactions, by the id that Prisma gives each. */
const openById = new Map<string, OpenTransaction>();

/**
 * Carries the tenant from a query to the connection pool. The Prisma extension sets it for exactly one query, and the
 * pool reads it in the same call, before anything waits. Prisma itself cannot pass a value from a query to its driver
 * adapter.
 */
export const wireBinding = {
  /**
   * Runs `work` and awaits its result inside, because Prisma's promises start only when they are awaited.
   *
   * @param organizationId the tenant; undefined for a query of the platform
   */
  run<Result>(organizationId: string | undefined, work: () => PromiseLike<Result>, options: WireOptions = {}): PromiseLike<Result> {
    const send = (): PromiseLike<Result> => storage.run({ organizationId, ...options }, () => work().then((result) => result, rethrow));
    // A statement of an open transaction takes no other connection.
    return options.locks === undefined || transactions.getStore() !== undefined ? send() : inLine(options.locks, send);
  },

  /** Runs a transaction. Its queries do not inherit the options with which it begins. */
  runTransaction<Result>(
    organizationId: string | undefined,
    begin: (inside: <Inner>(work: () => PromiseLike<Inner>, id?: string) => PromiseLike<Inner>, open: OpenTransaction) => PromiseLike<Result>,
    { locksLater, ...options }: TransactionWireOptions,
  ): PromiseLike<Result> {
    const open: OpenTransaction = { locks: options.locks, afterCommit: [], connection: undefined, ends: false };
    const inside = async <Inner>(work: () => PromiseLike<Inner>, id?: string): Promise<Inner> => {
      if (id !== undefined) openById.set(id, open);
      try {
        return await storage.run({ organizationId }, () => transactions.run(open, work));
      } finally {
        if (id !== undefined) openById.delete(id);
      }
    };
    const send = (): PromiseLike<Result> => storage.run({ organizationId, ...options, opens: open }, () => begin(inside, open).then((result) => result, rethrow));
    const locked = options.locks ?? locksLater;
    return (locked === undefined ? send() : inLine(locked, send)).then(async (result) => {
      if (open.connection?.followHeld?.(open.afterCommit) === true) return result;
      for (const follow of open.afterCommit) await follow();
      return result;
    });
  },

  /** The transaction that the query belongs to that is being made, if any. @param id of the transaction of its client, wherever the client was passed to */
  transaction(id?: string): OpenTransaction | undefined {
    return (id === undefined ? undefined : openById.get(id)) ?? transactions.getStore();
  },

  /** Keeps the connection of the transaction that begins. */
  opened(connection: OpenConnection): void {
    const { opens } = storage.getStore() ?? {};
    if (opens !== undefined) opens.connection = connection;
  },

  /** Lets a transaction of Prisma take part in an open one, whose connection it gets. */
  lend<Result>(connection: OpenConnection, work: () => PromiseLike<Result>): PromiseLike<Result> {
    return storage.run({ organizationId: storage.getStore()?.organizationId, lends: connection }, work);
  },

  /** Adds the id that Prisma gave a transaction that takes part in an open one. */
  adopt(id: string, open: OpenTransaction): void {
    openById.set(id, open);
  },

  abandon(id: string): void {
    openById.delete(id);
  },

  /** The connection that the pool gives instead of one of its own. */
  lent(): OpenConnection | undefined {
    return storage.getStore()?.lends;
  },

  /** Sends the next statement that `work` makes in the current transaction together with COMMIT. It must be the last one. */
  async ending<Result>(work: () => PromiseLike<Result>): Promise<Result> {
    const open = transactions.getStore();
    if (open === undefined) return work();
    open.ends = true;
    try {
      return await work();
    } finally {
      open.ends = false;
    }
  },

  /** Whether the statement that is sent on the connection is the last one of its transaction. */
  takesEnd(connection: OpenConnection): boolean {
    const open = transactions.getStore();
    if (open === undefined || !open.ends || open.connection !== connection) return false;
    open.ends = false;
    return true;
  },

  /** Returns the connection of an open transaction, by the id that Prisma gave it. */
  connectionOf(id: string): OpenConnection | undefined {
    return openById.get(id)?.connection;
  },

  /**
   * Runs `work` after the current transaction has committed, or immediately when there is none. The transaction's caller waits
   * for it, and gets its error. The work belongs to no transaction.
   */
  async afterCommit(work: () => PromiseLike<unknown>): Promise<void> {
    const open = transactions.getStore();
    if (open === undefined) await work();
    else open.afterCommit.push(work);
  },

  /** The tenant of the query that is being made, if any. */
  current(): string | undefined {
    return storage.getStore()?.organizationId;
  },

  /** How the query that is being made is sent. */
  options(): WireOptions {
    return storage.getStore() ?? {};
  },
} as const;
