import { delegateName, type Args } from './model-kind.js';
import { wireBinding } from './wire-binding.js';

/** The reads that a runner may support. Prisma runs the others, such as aggregates. */
const operations = ['findUnique', 'findUniqueOrThrow', 'findFirst', 'findFirstOrThrow', 'findMany', 'count'] as const;

/** Runs a read of a model; undefined when it is left to Prisma. */
type DirectRead = (model: string, operation: string, args: Args) => PromiseLike<unknown> | undefined;

/** A statement that is sent when it is awaited, as Prisma's are: nobody handles the error of one that is still to be awaited. */
export class LazyStatement implements Promise<unknown> {
  readonly [Symbol.toStringTag] = 'PrismaPromise';
  #begun: Promise<unknown> | undefined;

  constructor(private readonly begin: () => PromiseLike<unknown>) {}

  // oxlint-disable-next-line unicorn/no-thenable -- it is what Prisma's clients return
  then<Value = unknown, Failure = never>(
    done?: ((value: unknown) => Value | PromiseLike<Value>) | null,
    failed?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Value | Failure> {
    return this.#promise().then(done, failed);
  }

  catch<Failure = never>(failed?: ((error: unknown) => Failure | PromiseLike<Failure>) | null): Promise<unknown> {
    return this.#promise().catch(failed);
  }

  finally(last?: (() => void) | null): Promise<unknown> {
    return this.#promise().finally(last);
  }

  #promise(): Promise<unknown> {
    return (this.#begun ??= (async () => this.begin())());
  }
}

type Delegate = Readonly<Record<(typeof operations)[number], (args?: Args) => PromiseLike<unknown>>>;

/**
 * Puts the reads of models in front of a Prisma client, so that those that need none of its layers pass none: they take more time than the
 * statement itself. Reads inside a transaction go through Prisma, as do those that `read` leaves to it.
 *
 * @param models the names of the models
 */
export function withDirectReads<Client>(client: Client, models: readonly string[], read: DirectRead): Client {
  const delegates = models.map((model) => {
    const name = delegateName(model);
    const delegate = (client as Record<string, Delegate>)[name] as Delegate;
    // As usual properties are, so that a test can watch a method.
    const direct = (operation: (typeof operations)[number]) => ({
      writable: true,
      configurable: true,
      enumerable: true,
      value: (args?: Args) => new LazyStatement(() => (wireBinding.transaction() === undefined ? read(model, operation, args ?? {}) : undefined) ?? delegate[operation](args)),
    });
    return [name, { value: Object.create(delegate, Object.fromEntries(operations.map((operation) => [operation, direct(operation)]))) as Delegate }] as const;
  });
  return Object.create(client as object, Object.fromEntries(delegates)) as Client;
}
