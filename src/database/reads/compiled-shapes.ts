import { UnpreparedReadError } from './read-statement.js';

/** The longest key that is remembered. Only a condition that is built from a long list has a longer one, and that list is another the next time. */
const maxKeyLength = 5_000;

/** Remembers the statement of each shape of the arguments. Null stands for a shape that is not supported, which is left to Prisma. */
export class CompiledShapes<Compiled> {
  readonly #compiled = new Map<string, Compiled | null>();

  /** @param maxShapes the most shapes that are remembered: conditions that are built from lists could create more than an application has */
  constructor(private readonly maxShapes: number) {}

  /** Returns the statement of a shape; null for one that is not supported. @param compile throws {@link UnpreparedReadError} for one */
  get(key: string, compile: () => Compiled): Compiled | null {
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const compiled = supportedOrNull(compile);
    if (this.#compiled.size < this.maxShapes && key.length <= maxKeyLength) this.#compiled.set(key, compiled);
    return compiled;
  }
}

function supportedOrNull<Compiled>(compile: () => Compiled): Compiled | null {
  try {
    return compile();
  } catch (error) {
    if (error instanceof UnpreparedReadError) return null;
    throw error;
  }
}
