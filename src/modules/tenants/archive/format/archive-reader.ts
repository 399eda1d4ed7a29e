import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Entry, RandomAccessReader, ZipFile } from 'yauzl';
import { packages } from '../../../../common/packages.js';
import { textOfUtf8 } from '../../../../common/text/utf8.js';
import { BadArchiveError, badArchiveError } from '../archive.errors.js';
import { batchBytes, batchRows, type ArchiveLimits } from './archive-limits.js';
import { manifestName, parseManifest, type ArchivedFile, type Manifest } from './archive-manifest.js';

/** Reads archives from untrusted sources: validates counts, sizes and checksums before it uses any content. */
export class ArchiveReader {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
    private readonly limits: ArchiveLimits,
    readonly manifest: Manifest,
  ) {}

  /**
   * @param source the path of a file, or a file that is open and stays open
   * @throws {BadArchiveError} when the file is not an archive, or exceeds the limits
   */
  static async open(source: ArchiveSource, limits: ArchiveLimits): Promise<ArchiveReader> {
    const path = nameOf(source);
    const zip = await openZip(source).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
      throw badArchiveError(`${path} is not a zip file`, error);
    });
    try {
      const entries = await readDirectory(zip, limits);
      const manifest = parseManifest(await readManifest(zip, entries.get(manifestName), limits));
      assertSameFiles(entries, manifest);
      return new ArchiveReader(zip, entries, limits, manifest);
    } catch (error) {
      zip.close();
      throw badArchiveError(path, error);
    }
  }

  /**
   * Reads the lines of a file in batches. Yields the last batch only after the file has matched its checksum and counts.
   *
   * @throws {BadArchiveError}
   */
  async *lines(file: ArchivedFile): AsyncGenerator<string[]> {
    const entry = this.entries.get(file.path);
    if (entry === undefined) throw new BadArchiveError(`${file.path} is missing.`);
    try {
      yield* checkedLines(await this.zip.openReadStreamPromise(entry), file, this.limits.lineBytes);
    } catch (error) {
      throw badArchiveError(file.path, error);
    }
  }

  close(): void {
    this.zip.close();
  }
}

/** The bytes that are read at a time from a file that is open. */
const pieceBytes = 64 * 1024;

/** The path of a file, or a file that is open. */
export type ArchiveSource = string | FileHandle;

/** Names an archive in errors. */
export const nameOf = (source: ArchiveSource): string => (typeof source === 'string' ? source : 'the archive');

async function openZip(source: ArchiveSource): Promise<ZipFile> {
  const options = { autoClose: false, strictFileNames: true };
  if (typeof source === 'string') return packages.yauzl.openPromise(source, options);
  return packages.yauzl.fromRandomAccessReaderPromise(readerOf(source), (await source.stat()).size, options);
}

function readerOf(file: FileHandle): RandomAccessReader {
  const { RandomAccessReader: Reader } = packages.yauzl;
  return new (class extends Reader {
    /** @param end the position after the last byte */
    override _readStreamForRange(start: number, end: number): Readable {
      return Readable.from(bytesOf(file, start, end), { objectMode: false });
    }
  })();
}

/** Reads without a stream of the file, which would close it. */
async function* bytesOf(file: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let position = start; position < end;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(pieceBytes, end - position)), { position });
    if (bytesRead === 0) throw new BadArchiveError('the file ends early.');
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

async function readDirectory(zip: ZipFile, limits: ArchiveLimits): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  if (zip.entryCount > limits.files) throw new BadArchiveError(`The archive contains ${zip.entryCount} files, more than ${limits.files}.`);
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName)) throw new BadArchiveError(`The archive contains ${entry.fileName} twice.`);
    if (!entry.canDecodeFileData()) throw new BadArchiveError(`${entry.fileName} is encrypted or uses an unsupported compression method.`);
    total += entry.uncompressedSize;
    entries.set(entry.fileName, entry);
  }
  if (total > limits.totalBytes || total > limits.ratio * zip.fileSize) throw new BadArchiveError(`The unpacked size of ${total} bytes exceeds the limit for an archive.`);
  return entries;
}

async function readManifest(zip: ZipFile, entry: Entry | undefined, { manifestBytes }: ArchiveLimits): Promise<string> {
  if (entry === undefined) throw new BadArchiveError(`The archive has no ${manifestName}, so it is not a tenantry archive.`);
  if (entry.uncompressedSize > manifestBytes) throw new BadArchiveError(`${manifestName} is too large.`);
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const text = textOfUtf8(Buffer.concat(chunks));
  if (text === undefined) throw new BadArchiveError(`${manifestName} is not valid UTF-8.`);
  return text;
}

function assertSameFiles(entries: ReadonlyMap<string, Entry>, { files }: Manifest): void {
  const named = new Set([manifestName, ...files.map(({ path }) => path)]);
  const missing = [...named].find((name) => !entries.has(name));
  if (missing !== undefined) throw new BadArchiveError(`${missing} is missing.`);
  const extra = [...entries.keys()].find((name) => !named.has(name));
  if (extra !== undefined) throw new BadArchiveError(`The archive contains ${extra}, which is not in ${manifestName}.`);
}

async function* checkedLines(stream: Readable, { rows, bytes, sha256 }: ArchivedFile, lineBytes: number): AsyncGenerator<string[]> {
  const hash = createHash('sha256');
  let [seenRows, seenBytes] = [0, 0];
  let [batch, batched]: [string[], number] = [[], 0];
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hash.update(chunk);
      seenBytes += chunk.length;
      yield chunk;
    }
  };
  for await (const line of splitLines(counted(), lineBytes)) {
    if (batch.length >= batchRows || batched > batchBytes) {
      yield batch;
      [batch, batched] = [[], 0];
    }
    batch.push(line);
    batched += line.length;
    seenRows += 1;
  }
  if (hash.digest('hex') !== sha256) throw new BadArchiveError('the SHA-256 checksum does not match the manifest. The file was changed or is incomplete.');
  if (seenRows !== rows || seenBytes !== bytes)
    throw new BadArchiveError(`the file has ${seenRows} rows in ${seenBytes} bytes, but the manifest has ${rows} rows in ${bytes} bytes.`);
  if (batch.length > 0) yield batch;
}

/** Splits UTF-8 text into lines, each of which ends with a line feed. */
async function* splitLines(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let [pieces, held]: [Buffer[], number] = [[], 0];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); ; end = chunk.indexOf(10, start)) {
      const piece = chunk.subarray(start, end === -1 ? chunk.length : end);
      if (held + piece.length > limit) throw new BadArchiveError(`a line is longer than ${limit} bytes.`);
      if (end === -1) {
        pieces.push(piece);
        held += piece.length;
        break;
      }
      yield decoder.decode(pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]));
      [pieces, held] = [[], 0];
      start = end + 1;
    }
  }
  if (held > 0) throw new BadArchiveError('the last line does not end with a line feed.');
}
