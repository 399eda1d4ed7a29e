import { sqltag, type Sql } from '@prisma/client/runtime/client';
import { LazyStatement } from './direct-reads.js';
import { delegateName, readOperations, type Args } from './model-kind.js';
import { transactionIdOf, type LendableConnection, type StatementTarget } from './statement-runners.js';
import { TransactionEndedError, TransactionExpiredError } from './tenant-errors.js';
import { wireBinding, type OpenTransaction } from './wire-binding.js';

/** Milliseconds that a transaction may take, as with Prisma. */
const defaultTimeout = 5_000;
/** The limits of a transaction of Prisma inside one of this file, which has limits of its own. */
const unlimited = { maxWait: 2_147_483_647, timeout: 2_147_483_647 } as const;

export interface TransactionLimits {
  /** Milliseconds to wait for a connection. */
  readonly maxWait?: number;
  /** Milliseconds until it is rolled back. */
  readonly timeout?: number;
}

type Operations = Readonly<Record<string, (...args: unknown[]) => PromiseLike<unknown>>>;

/** Prisma's client inside a transaction. */
type PrismaTransaction = Operations & Readonly<Record<string, Operations>>;

export interface DirectTransactionOptions {
  /** The names of the models. */
  readonly models: readonly string[];
  /** Takes a connection that is bound to the present tenant. */
  readonly connect: () => Promise<LendableConnection>;
  /** The client that runs what `run` and `runRaw` leave to it. */
  readonly prisma: { $transaction(work: (tx: PrismaTransaction) => Promise<void>, limits: TransactionLimits): PromiseLike<unknown> };
  /** Runs an operation of a model; undefined when it is left to Prisma. */
  readonly run: (open: OpenTransaction, model: string, operation: string, args: Args) => PromiseLike<unknown> | undefined;
  /** Runs tagged SQL; undefined when it is left to Prisma. */
  readonly runRaw: (open: OpenTransaction, operation: string, sql: Sql) => PromiseLike<unknown> | undefined;
}

const writeOperations = ['create', 'createMany', 'createManyAndReturn', 'update', 'updateMany', 'updateManyAndReturn', 'upsert', 'delete', 'deleteMany'];

const ignore = (): void => undefined;

/** Returns the target of a statement of an open transaction. */
export const targetIn = ({ connection }: OpenTransaction, organizationId: string | undefined): StatementTarget => ({ organizationId, connection });

/** One transaction: sends its statements, and begins a transaction of Prisma on the same connection when a statement needs it. */
class DirectTransaction {
  #prisma: Promise<PrismaTransaction> | undefined;
  #prismaEnds: PromiseLike<unknown> = Promise.resolve();
  #endPrisma = ignore;
  #prismaId: string | undefined;
  #ended = false;

  constructor(
    private readonly options: DirectTransactionOptions,
    private readonly open: OpenTransaction,
    private readonly connection: LendableConnection,
  ) {}

  run(model: string, operation: string, args: Args | undefined): PromiseLike<unknown> {
    return new LazyStatement(() => this.options.run(this.open, model, operation, args ?? {}) ?? this.#withPrisma().then((tx) => tx[delegateName(model)]?.[operation]?.(args)));
  }

  runRaw(operation: string, [query, ...values]: unknown[]): PromiseLike<unknown> {
    const sql = Array.isArray(query) ? sqltag(query, ...values) : (query as Sql);
    return new LazyStatement(() => this.options.runRaw(this.open, operation, sql) ?? this.#withPrisma().then((tx) => tx[operation]?.(sql)));
  }

  runUnsafe(operation: string, args: unknown[]): PromiseLike<unknown> {
    return new LazyStatement(() => this.#withPrisma().then((tx) => tx[operation]?.(...args)));
  }

  /** Rolls the transaction back, unless its last statement has committed it. The work learns it from its next statement. */
  expire(): void {
    this.connection.query('rollback').catch(ignore);
  }

  async commit(): Promise<void> {
    await this.#leavePrisma();
    await this.connection.query('commit');
  }

  /** Waits for the statements that are sent, also after the transaction has expired: the connection goes back to its pool. */
  async rollBack(): Promise<void> {
    await this.#leavePrisma().catch(ignore);
    await this.connection.query('rollback').catch(ignore);
  }

  #withPrisma(): Promise<PrismaTransaction> {
    if (this.#ended) return Promise.reject(new TransactionEndedError());
    return (this.#prisma ??= new Promise((resolve, reject) => {
      const ended = new Promise<void>((end) => (this.#endPrisma = end));
      const work = (tx: PrismaTransaction): Promise<void> => {
        this.#prismaId = transactionIdOf(tx);
        wireBinding.adopt(this.#prismaId, this.open);
        resolve(tx);
        return ended;
      };
      this.#prismaEnds = wireBinding.lend(this.connection, () => this.options.prisma.$transaction(work, unlimited)).then(ignore, reject);
    }));
  }

  async #leavePrisma(): Promise<void> {
    this.#ended = true;
    if (this.#prisma === undefined) return;
    this.#endPrisma();
    await this.#prismaEnds;
    if (this.#prismaId !== undefined) wireBinding.abandon(this.#prismaId);
  }
}

/** The delegate of a model inside a transaction. */
class Delegate {
  constructor(
    readonly transaction: DirectTransaction,
    readonly model: string,
  ) {}
}
for (const operation of [...readOperations, ...writeOperations])
  Object.defineProperty(Delegate.prototype, operation, {
    value(this: Delegate, args?: Args) {
      return this.transaction.run(this.model, operation, args);
    },
  });

/** The client that the work of a transaction gets. The delegates of the models are added below. */
class TransactionClient {
  constructor(readonly transaction: DirectTransaction) {}

  $queryRaw(...query: unknown[]): PromiseLike<unknown> {
    return this.transaction.runRaw('$queryRaw', query);
  }

  $executeRaw(...query: unknown[]): PromiseLike<unknown> {
    return this.transaction.runRaw('$executeRaw', query);
  }
}

class UnsafeTransactionClient extends TransactionClient {
  $queryRawUnsafe(...query: unknown[]): PromiseLike<unknown> {
    return this.transaction.runUnsafe('$queryRawUnsafe', query);
  }

  $executeRawUnsafe(...query: unknown[]): PromiseLike<unknown> {
    return this.transaction.runUnsafe('$executeRawUnsafe', query);
  }
}

/**
 * Runs transactions without Prisma, whose interactive transactions take more processor time than the statements of most. The client of
 * the work has the operations of Prisma's.
 */
export class DirectTransactions {
  readonly #Client: typeof TransactionClient;

  /** @param unsafe whether the client has `$queryRawUnsafe` and `$executeRawUnsafe` */
  constructor(
    private readonly options: DirectTransactionOptions,
    { unsafe }: { readonly unsafe: boolean },
  ) {
    const Base = unsafe ? UnsafeTransactionClient : TransactionClient;
    this.#Client = class extends Base {};
    for (const model of options.models) {
      const delegates = new WeakMap<TransactionClient, Delegate>();
      const get = function (this: TransactionClient): Delegate {
        const delegate = delegates.get(this) ?? new Delegate(this.transaction, model);
        delegates.set(this, delegate);
        return delegate;
      };
      Object.defineProperty(this.#Client.prototype, delegateName(model), { get });
    }
  }

  /**
   * @param inside runs the work in the context of the transaction
   * @throws {TransactionExpiredError} when there is no connection in time
   * @throws {Error} with the code `ROLLED_BACK` when the work took too long
   */
  async run(
    open: OpenTransaction,
    inside: (work: () => PromiseLike<unknown>) => PromiseLike<unknown>,
    work: (tx: unknown) => PromiseLike<unknown>,
    { maxWait, timeout = defaultTimeout }: TransactionLimits,
  ): Promise<unknown> {
    const connection = await connected(this.options.connect(), maxWait);
    const transaction = new DirectTransaction(this.options, open, connection);
    // The statement that notices a lost connection fails. Without a listener, the process would end.
    connection.on('error', ignore);
    const timer = setTimeout(() => transaction.expire(), timeout);
    try {
      await connection.query('begin');
      const result = await inside(() => work(new this.#Client(transaction)));
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollBack();
      throw error;
    } finally {
      clearTimeout(timer);
      connection.removeListener('error', ignore);
      connection.release();
    }
  }
}

/** @throws {TransactionExpiredError} when there is no connection in time; it goes back to its pool when it comes */
function connected(connecting: Promise<LendableConnection>, maxWait: number | undefined): Promise<LendableConnection> {
  if (maxWait === undefined) return connecting;
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(new TransactionExpiredError());
    }, maxWait);
    connecting.then((connection) => (late ? connection.release() : resolve(connection)), reject).finally(() => clearTimeout(timer));
  });
}
