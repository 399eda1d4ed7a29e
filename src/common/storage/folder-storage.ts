import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkedKey, MissingObjectError, type ByteRange, type ObjectStorage, type StoredContent, type StoredObject } from './object-storage.js';

/** The name of an object that is being written. No key ends so, because `~` is no character of a key. */
const unfinished = /~[0-9a-f-]{36}$/;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Keeps objects as files of a folder. Only the user of the process can read them. */
export class FolderStorage implements ObjectStorage {
  /** @param isShared whether all replicas have the folder, for example on a network file system */
  constructor(
    private readonly folder: string,
    readonly isShared: boolean,
  ) {}

  async write(key: string, content: StoredContent): Promise<number> {
    const file = this.#fileOf(key);
    const partial = `${file}~${randomUUID()}`;
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    try {
      const output = createWriteStream(partial, { mode: 0o600, flags: 'wx' });
      await pipeline(content, output);
      await syncToDisk(partial);
      await rename(partial, file);
      return output.bytesWritten;
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  read(key: string, range: ByteRange): Readable {
    const file = this.#fileOf(key);
    return Readable.from(bytesOf(file, key, range), { objectMode: false });
  }

  async sizeOf(key: string): Promise<number | undefined> {
    try {
      return (await stat(this.#fileOf(key))).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    for (const key of await this.#names(prefix)) {
      if (unfinished.test(key) || !key.startsWith(prefix)) continue;
      const found = await this.#stat(key);
      if (found !== undefined) yield { key, bytes: found.size, modifiedAt: found.mtime };
    }
  }

  async delete(key: string): Promise<void> {
    await rm(this.#fileOf(key), { force: true });
  }

  async deleteUnfinished(prefix: string, before: Date): Promise<void> {
    for (const name of await this.#names(prefix)) {
      if (!unfinished.test(name) || !name.startsWith(prefix)) continue;
      const found = await this.#stat(name);
      if (found !== undefined && found.mtime < before) await rm(path.join(this.folder, name), { force: true });
    }
  }

  #fileOf(key: string): string {
    return path.join(this.folder, checkedKey(key));
  }

  async #stat(name: string): Promise<{ size: number; mtime: Date } | undefined> {
    try {
      return await stat(path.join(this.folder, name));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Returns the files of the folder that the prefix names as keys, in their order: other folders can be large. */
  async #names(prefix: string): Promise<string[]> {
    const start = path.join(this.folder, prefix.includes('/') ? checkedKey(prefix.slice(0, prefix.lastIndexOf('/'))) : '');
    try {
      const entries = await readdir(start, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(this.folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
        .toSorted();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

async function* bytesOf(file: string, key: string, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(file, { start, end })) yield chunk as Buffer;
  } catch (error) {
    throw isMissing(error) ? new MissingObjectError(key) : error;
  }
}

/** Waits until the disk has a file. */
async function syncToDisk(file: string): Promise<void> {
  const opened = await open(file, 'r+');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
