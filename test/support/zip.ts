import { readFile, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { openPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import type { Manifest } from '../../src/modules/tenants/archive/format/archive-manifest.js';

type Entries = Map<string, Buffer>;

/** The content of a zip file: name → content. */
export async function entriesOf(file: string): Promise<Entries> {
  const zip = await openPromise(file, { autoClose: false });
  const entries: Entries = new Map();
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  zip.close();
  return entries;
}

/** All that a zip says, names included. */
export const contentOf = async (file: string): Promise<string> => [...(await entriesOf(file))].map(([name, content]) => `${name}\n${content.toString()}`).join('\n');

export async function writeZip(file: string, entries: ReadonlyMap<string, Buffer>): Promise<string> {
  const zip = new ZipFile();
  for (const [name, content] of entries) zip.addBuffer(content, name);
  zip.end();
  await writeFile(file, await buffer(zip.outputStream));
  return file;
}

/** Puts one text in the place of another of the same length, in the bytes of a file: for what no writer of zips writes. */
export async function patch(file: string, from: string, to: string): Promise<void> {
  if (Buffer.byteLength(from) !== Buffer.byteLength(to)) throw new Error('a patch keeps the length');
  const bytes = await readFile(file);
  let found = 0;
  for (let at = bytes.indexOf(from); at !== -1; at = bytes.indexOf(from, at + 1)) found += bytes.write(to, at);
  if (found === 0) throw new Error(`the file has no "${from}"`);
  await writeFile(file, bytes);
}

export const manifestIn = (entries: Entries): Manifest => JSON.parse(entries.get('manifest.json')?.toString() ?? '{}') as Manifest;

export const setManifest = (entries: Entries, manifest: unknown): void => void entries.set('manifest.json', Buffer.from(JSON.stringify(manifest)));

/** Changes the text of a table in an archive, and makes the manifest say so: what somebody does who knows the format. */
export function rewrite(entries: Entries, table: string, change: (content: string) => string, columns?: readonly string[]): void {
  const manifest = manifestIn(entries);
  const files = manifest.files.map((file) => {
    if (file.table !== table) return file;
    const content = Buffer.from(change(entries.get(file.path)?.toString() ?? ''));
    entries.set(file.path, content);
    return {
      ...file,
      columns: columns ?? file.columns,
      rows: content.toString().split('\n').length - 1,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    };
  });
  setManifest(entries, { ...manifest, files });
}
