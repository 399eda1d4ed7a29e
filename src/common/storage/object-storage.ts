import type { Readable } from 'node:stream';

/** An object of a storage. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

/** The bytes of an object to read: from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The bytes of an object, in parts. */
export type StoredContent = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Where files outside of the database are kept. All replicas see the same objects. An object is written once, and never changed. */
export interface ObjectStorage {
  /** Whether other machines see the same objects. */
  readonly isShared: boolean;
  /**
   * Writes an object, which appears when it is complete. Needs memory for a part of it alone.
   *
   * @returns the bytes that were written
   */
  write(key: string, content: StoredContent): Promise<number>;
  /** Reads the bytes of a range as a stream. @throws {MissingObjectError} by the stream */
  read(key: string, range: ByteRange): Readable;
  /** Returns the bytes of an object, or undefined if it does not exist. */
  sizeOf(key: string): Promise<number | undefined>;
  /** Returns the objects whose keys begin with a text, in the order of their keys. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Deletes an object, if it exists. */
  delete(key: string): Promise<void>;
  /** Deletes what interrupted writes have left under a prefix before a time. */
  deleteUnfinished(prefix: string, before: Date): Promise<void>;
}

/** Thrown when an object does not exist. */
export class MissingObjectError extends Error {
  override readonly name = 'MissingObjectError';

  constructor(key: string) {
    super(`The storage has no object ${key}.`);
  }
}

const segment = '[A-Za-z0-9][A-Za-z0-9._-]*';
const keyPattern = new RegExp(`^${segment}(/${segment})*$`);

/** Returns a key, if it stays within its storage: no empty part, and none that begins with a dot. */
export function checkedKey(key: string): string {
  if (key.length > 500 || !keyPattern.test(key)) throw new Error(`${JSON.stringify(key)} is not the key of an object.`);
  return key;
}

/** Joins chunks to parts of the same size; the last one may be smaller. */
export async function* partsOf(content: StoredContent, size: number): AsyncGenerator<Buffer> {
  let [held, bytes]: [Uint8Array[], number] = [[], 0];
  for await (const chunk of content) {
    let rest = chunk;
    while (bytes + rest.length >= size) {
      const fits = rest.subarray(0, size - bytes);
      yield Buffer.concat([...held, fits]);
      rest = rest.subarray(fits.length);
      [held, bytes] = [[], 0];
    }
    if (rest.length === 0) continue;
    held.push(rest);
    bytes += rest.length;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
