import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { S3mini, UploadPart } from 's3mini';
import type { S3Access } from '../../config/app-config.js';
import { checkedKey, MissingObjectError, partsOf, type ByteRange, type ObjectStorage, type StoredContent, type StoredObject } from './object-storage.js';

/** Bytes of a part, which is kept in memory. S3 allows 10,000 parts of at least 5 MiB. */
const partBytes = 16 * 1024 * 1024;
/** Milliseconds for a request with its answer: at most one part. */
const timeout = 120_000;
/** How often a request is sent, if the server does not answer or answers 5xx, and the milliseconds before the second time. Each further pause is four times as long. */
const [attempts, firstPause] = [3, 250];

/** Keeps objects in a bucket of S3, or of a server with the same protocol. Requests are signed with AWS Signature Version 4; parts are sent one after the other. */
export class S3Storage implements ObjectStorage {
  readonly isShared = true;
  readonly #prefix: string;
  #client: Promise<S3mini> | undefined;

  /** @param url `https://<host>/<bucket>`, and after it a prefix of the keys */
  constructor(
    private readonly url: URL,
    private readonly access: S3Access,
  ) {
    const [, ...folders] = url.pathname.split('/').filter((part) => part !== '');
    this.#prefix = folders.map((folder) => `${checkedKey(folder)}/`).join('');
  }

  async write(key: string, content: StoredContent): Promise<number> {
    const client = await this.#connected();
    const name = this.#nameOf(key);
    const uploadId = await repeated(() => client.getMultipartUploadId(name, 'application/octet-stream'));
    try {
      const parts: UploadPart[] = [];
      let bytes = 0;
      for await (const part of uploadedParts(content)) {
        parts.push(await repeated(() => client.uploadPart(name, uploadId, part, parts.length + 1)));
        bytes += part.length;
      }
      await repeated(async () => {
        // S3 answers 200 before it knows the result, and an answer can be lost: only the object itself says whether it is there.
        const failure: unknown = await client.completeMultipartUpload(name, uploadId, parts).then(
          () => undefined,
          (error: unknown) => error,
        );
        const stored = await bytesOf(client, name);
        if (stored !== bytes) throw failure ?? new Error(`The storage has ${stored ?? 'no'} bytes of ${name} instead of ${bytes}.`);
      });
      return bytes;
    } catch (error) {
      // The bucket deletes incomplete uploads later. The caller needs the reason of the failure.
      await client.abortMultipartUpload(name, uploadId).catch(() => undefined);
      throw error;
    }
  }

  read(key: string, range: ByteRange): Readable {
    return Readable.from(this.#bytes(this.#nameOf(key), range), { objectMode: false });
  }

  async sizeOf(key: string): Promise<number | undefined> {
    const name = this.#nameOf(key);
    const client = await this.#connected();
    return repeated(() => bytesOf(client, name));
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    const client = await this.#connected();
    let token: string | undefined;
    do {
      const page = await repeated(() => client.listObjectsPaged('/', `${this.#prefix}${prefix}`, 1000, token));
      // Not an empty list: a caller that sees no objects might delete what belongs to them.
      if (!page?.objects) throw new Error(`There is no bucket ${this.url.origin}${this.url.pathname}.`);
      for (const { Key, Size, LastModified } of page.objects) yield { key: Key.slice(this.#prefix.length), bytes: Size, modifiedAt: LastModified };
      token = page.nextContinuationToken;
    } while (token !== undefined);
  }

  async delete(key: string): Promise<void> {
    const name = this.#nameOf(key);
    const client = await this.#connected();
    await repeated(() => client.deleteObject(name));
  }

  /** Does nothing: a rule of the bucket deletes incomplete uploads (AbortIncompleteMultipartUpload). */
  async deleteUnfinished(): Promise<void> {}

  #nameOf(key: string): string {
    return `${this.#prefix}${checkedKey(key)}`;
  }

  /** Reads one part of the range after the other, so that no request takes long and a slow reader keeps no connection. */
  async *#bytes(name: string, { start, end }: ByteRange): AsyncGenerator<Buffer> {
    const client = await this.#connected();
    for (let from = start; from <= end; from += partBytes) {
      const to = Math.min(end + 1, from + partBytes);
      const part = await repeated(async () => Buffer.from(await (await client.getObjectRaw(name, false, from, to)).arrayBuffer())).catch((error: unknown) => {
        throw statusOf(error) === 404 ? new MissingObjectError(name) : error;
      });
      if (part.length !== to - from) throw new Error(`The storage answered ${part.length} bytes of ${name} instead of ${to - from}.`);
      yield part;
    }
  }

  #connected(): Promise<S3mini> {
    this.#client ??= import('s3mini').then(
      ({ S3mini }) =>
        new S3mini({
          ...this.access,
          endpoint: `${this.url.origin}/${this.url.pathname.split('/').find((part) => part !== '') ?? ''}`,
          requestAbortTimeout: timeout,
          fetch: (input, init) => fetch(input, { ...init, redirect: 'error' }),
        }),
    );
    return this.#client;
  }
}

const bytesOf = async (client: S3mini, name: string): Promise<number | undefined> => ((await client.objectExists(name)) === true ? client.getContentLength(name) : undefined);

const statusOf = (error: unknown): unknown => (error instanceof Error && 'status' in error ? error.status : undefined);

/** Repeats a request that has failed for a reason that may pass, after a pause. All requests may be repeated: writing a part again replaces it. */
async function repeated<Result>(request: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      const status = statusOf(error);
      if (attempt === attempts || (typeof status === 'number' && status < 500 && status !== 429)) throw error;
      await pause(firstPause * 4 ** (attempt - 1));
    }
  }
}

/** There is always a part: an object without one is empty. */
async function* uploadedParts(content: StoredContent): AsyncGenerator<Buffer> {
  let sent = false;
  for await (const part of partsOf(content, partBytes)) {
    sent = true;
    yield part;
  }
  if (!sent) yield Buffer.alloc(0);
}
