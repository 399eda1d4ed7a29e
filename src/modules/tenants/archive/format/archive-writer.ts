import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { packages } from '../../../../common/packages.js';
import { archiveLimits } from './archive-limits.js';
import { manifestName, pathOf, type ArchivedFile } from './archive-manifest.js';

/** The rows of one table that are written to an archive. */
export interface ArchivedRows {
  readonly table: string;
  readonly columns: readonly string[];
  /** Called when the file of the table is written. */
  readonly read: () => AsyncIterable<readonly string[]>;
}

/** The archive contains credentials, so only its owner can read it. */
const mode = 0o600;

/** Stores the bytes of an archive. When it rejects, or the bytes end with an error, it leaves nothing behind. */
export type StoreArchive = (content: Readable) => Promise<void>;

/** Returns a function that writes a new file, which gets its name when it is complete. */
export const toNewFile =
  (path: string): StoreArchive =>
  async (content) => {
    const partial = `${path}.${randomUUID()}.partial`;
    try {
      await pipeline(content, createWriteStream(partial, { mode, flags: 'wx' }));
      await syncToDisk(partial);
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  };

/** Writes an archive table by table, with one batch of rows in memory. */
export async function writeArchive(store: StoreArchive, tables: readonly ArchivedRows[], manifestOf: (files: readonly ArchivedFile[]) => object): Promise<readonly ArchivedFile[]> {
  const zip = new packages.yazl.ZipFile();
  const files: ArchivedFile[] = [];
  let [reading, failed]: [Readable | undefined, boolean] = [undefined, false];
  const add = (name: string, content: () => AsyncIterable<Buffer>): void =>
    zip.addReadStreamLazy(name, { mode: 0o100_000 | mode }, (ready) => {
      if (failed) return;
      reading = Readable.from(content(), { highWaterMark: 1 });
      // yazl does not listen: without this, an error of the database would end the process.
      reading.on('error', (error) => output.destroy(error));
      ready(null, reading);
    });
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  for (const rows of tables) add(pathOf(rows.table), () => contentOf(rows, files));
  add(manifestName, () => Readable.from([Buffer.from(`${JSON.stringify(manifestOf(files), null, 2)}\n`)]));
  zip.end();
  try {
    await store(output);
  } catch (error) {
    failed = true;
    await destroyAndWait(reading);
    throw error;
  }
  return files;
}

/** Stops reading and waits for the end, because the connection is used again afterwards. */
async function destroyAndWait(reading: Readable | undefined): Promise<void> {
  if (reading === undefined || reading.closed) return;
  const closed = new Promise((resolve) => reading.once('close', resolve));
  reading.on('error', () => undefined).destroy();
  await closed;
}

async function* contentOf({ table, columns, read }: ArchivedRows, files: ArchivedFile[]): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let [rows, bytes] = [0, 0];
  for await (const lines of read()) {
    const huge = lines.some((line) => Buffer.byteLength(line) > archiveLimits.lineBytes);
    if (huge) throw new Error(`A row of ${table} exceeds the limit of ${archiveLimits.lineBytes} bytes for a row of an archive.`);
    const content = Buffer.from(`${lines.join('\n')}\n`);
    hash.update(content);
    rows += lines.length;
    bytes += content.length;
    yield content;
  }
  files.push({ path: pathOf(table), table, columns, rows, bytes, sha256: hash.digest('hex') });
}

async function syncToDisk(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
