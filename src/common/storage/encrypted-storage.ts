import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { checkedKey, MissingObjectError, partsOf, type ByteRange, type ObjectStorage, type StoredContent, type StoredObject } from './object-storage.js';

/** Bytes of a chunk, which are encrypted and checked together, and those of its tag. */
const [chunkBytes, tagBytes] = [64 * 1024, 16];
/** Begins each encrypted object. The id of its key and the salt follow. */
const magic = Buffer.from('tenantry-encrypted-1\n');
const [idBytes, saltBytes] = [8, 32];
const headerBytes = magic.length + idBytes + saltBytes;

/** Thrown when an object cannot be decrypted: its key is unknown, it was changed, or it is not encrypted although it has to be. */
export class ObjectEncryptionError extends Error {
  override readonly name = 'ObjectEncryptionError';
}

/** A secret from which the keys of objects are derived with HKDF-SHA256 (RFC 5869). Objects have its id, so that it is known which of several secrets opens them. */
interface StorageSecret {
  readonly id: Buffer;
  readonly keyOf: (salt: Uint8Array) => Buffer;
}

const secretOf = (secret: string): StorageSecret => {
  const derive = (salt: Uint8Array, purpose: string, bytes: number): Buffer => Buffer.from(hkdfSync('sha256', secret, salt, purpose, bytes));
  return { id: derive(Buffer.alloc(0), 'tenantry storage key id', idBytes), keyOf: (salt) => derive(salt, 'tenantry storage object', 32) };
};

/** The key of the chunks of an object. The name of the object is authenticated, so that no object can take the place of another one. */
interface ObjectCipher {
  readonly key: Buffer;
  readonly name: string;
}

/**
 * Encrypts the objects of another storage with AES-256-GCM (NIST SP 800-38D), in chunks of 64 KiB: the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár,
 * 2015), whose nonces have the number of the chunk and whether it is the last one. Needs memory for a chunk alone. Each object has a key of its own.
 */
export class EncryptedStorage implements ObjectStorage {
  readonly #secrets: readonly StorageSecret[];

  /** @param secrets the first one encrypts; the others decrypt what was encrypted with them. Without any, objects are stored as they are */
  constructor(
    private readonly storage: ObjectStorage,
    secrets: readonly string[],
  ) {
    this.#secrets = secrets.map(secretOf);
  }

  get isShared(): boolean {
    return this.storage.isShared;
  }

  async write(key: string, content: StoredContent): Promise<number> {
    const [secret] = this.#secrets;
    if (secret === undefined) return this.storage.write(key, content);
    const salt = randomBytes(saltBytes);
    const written = await this.storage.write(key, encrypted(content, Buffer.concat([magic, secret.id, salt]), { key: secret.keyOf(salt), name: key }));
    return plainBytes(written);
  }

  /** @throws {MissingObjectError | ObjectEncryptionError} by the stream */
  read(key: string, range: ByteRange): Readable {
    checkedKey(key);
    const content = this.#secrets.length === 0 ? this.#readPlain(key, range) : this.#decrypt(key, range);
    return Readable.from(content, { objectMode: false });
  }

  async sizeOf(key: string): Promise<number | undefined> {
    const bytes = await this.storage.sizeOf(key);
    return bytes === undefined ? undefined : this.#sizeOf(bytes);
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    for await (const object of this.storage.list(prefix)) yield { ...object, bytes: this.#sizeOf(object.bytes) };
  }

  delete(key: string): Promise<void> {
    return this.storage.delete(key);
  }

  deleteUnfinished(prefix: string, before: Date): Promise<void> {
    return this.storage.deleteUnfinished(prefix, before);
  }

  #sizeOf(bytes: number): number {
    return this.#secrets.length === 0 ? bytes : plainBytes(bytes);
  }

  async *#readPlain(key: string, range: ByteRange): AsyncGenerator<Buffer> {
    let isFirst = range.start === 0;
    for await (const chunk of this.storage.read(key, range) as AsyncIterable<Buffer>) {
      if (isFirst && chunk.subarray(0, magic.length).equals(magic)) throw new ObjectEncryptionError(`${key} is encrypted, and there is no key to decrypt it.`);
      isFirst = false;
      yield chunk;
    }
  }

  async *#decrypt(key: string, { start, end }: ByteRange): AsyncGenerator<Buffer> {
    const stored = await this.storage.sizeOf(key);
    if (stored === undefined) throw new MissingObjectError(key);
    const cipher = await this.#cipherOf(key, stored);
    const chunks = chunksOf(stored);
    const [first, last] = [Math.floor(start / chunkBytes), Math.min(Math.floor(Math.max(start, end) / chunkBytes), chunks - 1)];
    const place = (chunk: number): number => headerBytes + chunk * (chunkBytes + tagBytes);
    const content = this.storage.read(key, { start: place(first), end: Math.min(place(last + 1), stored) - 1 }) as AsyncIterable<Buffer>;
    let chunk = first;
    for await (const sealed of partsOf(content, chunkBytes + tagBytes)) {
      const plain = opened(sealed, chunk, chunk === chunks - 1, cipher);
      const begin = chunk * chunkBytes;
      chunk += 1;
      yield plain.subarray(Math.max(0, start - begin), Math.max(0, end + 1 - begin));
    }
  }

  async #cipherOf(key: string, stored: number): Promise<ObjectCipher> {
    if (stored < headerBytes + tagBytes) throw notEncrypted(key);
    const parts = (await this.storage.read(key, { start: 0, end: headerBytes - 1 }).toArray()) as Buffer[];
    const header = Buffer.concat(parts);
    if (!header.subarray(0, magic.length).equals(magic)) throw notEncrypted(key);
    const id = header.subarray(magic.length, magic.length + idBytes);
    const secret = this.#secrets.find((each) => each.id.equals(id));
    if (secret === undefined) throw new ObjectEncryptionError(`${key} is encrypted with the key ${id.toString('hex')}, which is not configured.`);
    return { key: secret.keyOf(header.subarray(magic.length + idBytes)), name: key };
  }
}

const notEncrypted = (key: string): ObjectEncryptionError => new ObjectEncryptionError(`${key} is not encrypted, although a key is configured.`);

/** Returns the chunks of an object: the last one may be smaller, also empty. */
const chunksOf = (stored: number): number => Math.max(1, Math.ceil((stored - headerBytes) / (chunkBytes + tagBytes)));

const plainBytes = (stored: number): number => Math.max(0, stored - headerBytes - chunksOf(stored) * tagBytes);

function nonceOf(chunk: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(chunk, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

async function* encrypted(content: StoredContent, header: Buffer, { key, name }: ObjectCipher): AsyncGenerator<Buffer> {
  yield header;
  const seal = (plain: Buffer, chunk: number, isLast: boolean): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(chunk, isLast)).setAAD(Buffer.from(name));
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  };
  let [held, chunk]: [Buffer | undefined, number] = [undefined, 0];
  for await (const part of partsOf(content, chunkBytes)) {
    if (held !== undefined) {
      yield seal(held, chunk, false);
      chunk += 1;
    }
    held = part;
  }
  yield seal(held ?? Buffer.alloc(0), chunk, true);
}

function opened(sealed: Buffer, chunk: number, isLast: boolean, { key, name }: ObjectCipher): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(chunk, isLast), { authTagLength: tagBytes }).setAAD(Buffer.from(name));
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
  } catch (error) {
    throw new ObjectEncryptionError(`${name} was changed since it was encrypted, or is incomplete.`, { cause: error });
  }
}
