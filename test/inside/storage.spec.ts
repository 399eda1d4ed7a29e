import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { EncryptedStorage } from '../../src/common/storage/encrypted-storage.js';
import { MissingObjectError, type ObjectStorage } from '../../src/common/storage/object-storage.js';
import { openStorage } from '../../src/common/storage/open-storage.js';
import { S3Server } from '../support/s3-server.js';

let bucket: S3Server;
let folder: string;
beforeAll(async () => {
  bucket = await S3Server.start();
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-storage-'));
});
afterAll(async () => {
  await bucket.close();
  await rm(folder, { recursive: true, force: true });
});

const mebibyte = 1024 * 1024;
const [secretA, secretB] = ['the first key of this test, long enough', 'the second key of this test, long enough'];
const bytesOf = async (stream: Readable): Promise<Buffer> => Buffer.concat((await stream.toArray()) as Buffer[]);
const keysOf = async (storage: ObjectStorage, prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys;
};
async function* broken(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(mebibyte);
  throw new Error('the source broke');
}

describe.each([
  ['a folder', 1, () => openStorage(pathToFileURL(folder).href, undefined)],
  // An object of a bucket is written in parts of 16 MiB: this one in three, and the encrypted one in two.
  ['a bucket', 32, () => openStorage(`${bucket.url}/some/prefix`, S3Server.access)],
  ['an encrypted folder', 1, () => new EncryptedStorage(openStorage(`${pathToFileURL(folder).href}/encrypted`, undefined), [secretA])],
  ['an encrypted bucket', 16, () => new EncryptedStorage(openStorage(`${bucket.url}/encrypted`, S3Server.access), [secretA])],
] as const)('%s', (_, large, open) => {
  let storage: ObjectStorage;
  beforeEach(() => {
    storage = open();
  });

  it('an object is read as it was written, whole and in ranges', async () => {
    const content = randomBytes(large * mebibyte + 7);
    async function* chunks(): AsyncGenerator<Buffer> {
      for (let at = 0; at < content.length; at += 700_001) yield content.subarray(at, at + 700_001);
    }
    expect(await storage.write('a/large.zip', chunks())).toBe(content.length);
    expect(await storage.sizeOf('a/large.zip')).toBe(content.length);
    const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    expect(digest(await bytesOf(storage.read('a/large.zip', { start: 0, end: content.length - 1 })))).toBe(digest(content));
    for (const [start, end] of [
      [0, 0],
      [content.length - 1, content.length - 1],
      [large * mebibyte - 700_002, large * mebibyte + 3],
    ] as const)
      expect(digest(await bytesOf(storage.read('a/large.zip', { start, end })))).toBe(digest(content.subarray(start, end + 1)));
    await storage.delete('a/large.zip');
  });

  it('objects are listed by prefix in the order of their keys, and deleted objects are gone', async () => {
    for (const key of ['b/3', 'b/1', 'c/1', 'b/2', 'b/empty']) await storage.write(key, Readable.from(key === 'b/empty' ? [] : [Buffer.from(key)]));
    expect(await keysOf(storage, 'b/')).toEqual(['b/1', 'b/2', 'b/3', 'b/empty']);
    expect(await storage.sizeOf('b/empty')).toBe(0);
    await storage.delete('b/2');
    await storage.delete('b/2');
    expect(await keysOf(storage, 'b/')).toEqual(['b/1', 'b/3', 'b/empty']);
    expect(await storage.sizeOf('b/2')).toBeUndefined();
    await expect(bytesOf(storage.read('b/2', { start: 0, end: 1 }))).rejects.toThrow(MissingObjectError);
  });

  it('an object whose source breaks never appears, and leaves nothing behind', async () => {
    await expect(storage.write('d/broken', broken())).rejects.toThrow('the source broke');
    expect(await keysOf(storage, 'd/')).toEqual([]);
    expect(bucket.uploads.size).toBe(0);
    expect((await readdir(folder, { recursive: true })).filter((name) => name.includes('~'))).toEqual([]);
  });

  it.each(['../outside', 'a/../../outside', '/etc/passwd', 'a//b', '.hidden', 'a/', '', 'a\\..\\b', 'a\0b', 'a~b', 'a%2e%2e'])('the key %j is refused', async (key) => {
    await expect(storage.write(key, Readable.from([]))).rejects.toThrow('is not the key of an object');
    await expect(storage.sizeOf(key)).rejects.toThrow('is not the key of an object');
    await expect(storage.delete(key)).rejects.toThrow('is not the key of an object');
    expect(() => storage.read(key, { start: 0, end: 0 }).resume()).toThrow('is not the key of an object');
  });
});

it('files of a folder can be read by their owner only, and interrupted writes are deleted after a time', async () => {
  const storage = openStorage(pathToFileURL(folder).href, undefined);
  await storage.write('mode/file', Readable.from([Buffer.from('x')]));
  expect((await stat(path.join(folder, 'mode/file'))).mode & 0o777).toBe(0o600);
  const left = path.join(folder, 'mode/file~00000000-0000-4000-8000-000000000000');
  await writeFile(left, 'half');
  expect(await keysOf(storage, 'mode/')).toEqual(['mode/file']);
  await storage.deleteUnfinished('mode/', new Date(Date.now() - 60_000));
  expect(await readdir(path.dirname(left))).toHaveLength(2);
  await utimes(left, 0, 0);
  await storage.deleteUnfinished('mode/', new Date(Date.now() - 60_000));
  expect(await readdir(path.dirname(left))).toEqual(['file']);
});

it('a bucket is asked again after a passing fault, in parts of 16 MiB, and refuses a wrong secret', async () => {
  const storage = openStorage(bucket.url, S3Server.access);
  await storage.write('f', Readable.from([randomBytes(17 * mebibyte)]));
  expect(bucket.largestPart).toBe(16 * mebibyte);
  bucket.failNext(503, 2);
  expect(await bytesOf(storage.read('f', { start: 5, end: 9 }))).toHaveLength(5);
  const stranger = openStorage(bucket.url, { ...S3Server.access, secretAccessKey: 'another secret' });
  await expect(stranger.write('g', Readable.from([]))).rejects.toThrow('SignatureDoesNotMatch');
  expect(() => openStorage(bucket.url, undefined)).toThrow('S3_ACCESS_KEY_ID');
});

it('an upload that S3 has not completed, although it answered 200, is completed again or fails', async () => {
  const storage = openStorage(bucket.url, S3Server.access);
  bucket.lostCompletions = 1;
  expect(await storage.write('h', [Buffer.from('content')])).toBe(7);
  expect(await bytesOf(storage.read('h', { start: 0, end: 6 }))).toEqual(Buffer.from('content'));
  bucket.lostCompletions = 3;
  await expect(storage.write('i', [Buffer.from('content')])).rejects.toThrow('no bytes of i instead of 7');
  expect(await storage.sizeOf('i')).toBeUndefined();
  expect(bucket.uploads.size).toBe(0);
});

it('requests of all kinds are repeated, and a bucket that does not exist has no list', async () => {
  const storage = openStorage(bucket.url, S3Server.access);
  for (const request of [() => storage.write('j', [Buffer.from('x')]), () => storage.sizeOf('j'), () => keysOf(storage, 'j'), () => storage.delete('j')]) {
    bucket.failNext(503);
    await request();
  }
  expect(await storage.sizeOf('j')).toBeUndefined();
  await expect(keysOf(openStorage(bucket.url.replace(/bucket$/, 'elsewhere'), S3Server.access), '')).rejects.toThrow('There is no bucket');
});

describe('an encrypted object', () => {
  const chunk = 64 * 1024;
  const plain = (): ObjectStorage => openStorage(`${pathToFileURL(folder).href}/at-rest`, undefined);
  const encrypted = (...secrets: string[]): ObjectStorage => new EncryptedStorage(plain(), secrets);
  const whole = async (storage: ObjectStorage, key: string): Promise<Buffer> => bytesOf(storage.read(key, { start: 0, end: ((await storage.sizeOf(key)) ?? 0) - 1 }));
  const fileOf = (key: string): string => path.join(folder, 'at-rest', key);

  it.each([0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk])('of %d bytes has its size, and shows nothing of its content', async (size) => {
    const content = Buffer.alloc(size, 'secret');
    expect(await encrypted(secretA).write('k', [content])).toBe(size);
    expect(await encrypted(secretA).sizeOf('k')).toBe(size);
    expect((await whole(encrypted(secretA), 'k')).equals(content)).toBe(true);
    expect((await readFile(fileOf('k'))).includes('secret')).toBe(false);
  });

  it('is read with an earlier key, and with no other', async () => {
    await encrypted(secretA).write('l', [Buffer.from('of the first key')]);
    expect((await whole(encrypted(secretB, secretA), 'l')).toString()).toBe('of the first key');
    await expect(whole(encrypted(secretB), 'l')).rejects.toThrow(/encrypted with the key [0-9a-f]{16}, which is not configured/);
    await expect(whole(encrypted(), 'l')).rejects.toThrow('there is no key to decrypt it');
    await plain().write('m', [Buffer.alloc(200)]);
    await expect(whole(encrypted(secretA), 'm')).rejects.toThrow('is not encrypted');
  });

  it('is refused when it was changed, cut, extended, or put in the place of another one', async () => {
    await encrypted(secretA).write('n', [randomBytes(3 * chunk)]);
    const stored = await readFile(fileOf('n'));
    const header = stored.length - 3 * (chunk + 16);
    const swapped = Buffer.concat([
      stored.subarray(0, header),
      stored.subarray(header + chunk + 16, header + 2 * (chunk + 16)),
      stored.subarray(header, header + chunk + 16),
      stored.subarray(header + 2 * (chunk + 16)),
    ]);
    const flipped = (at: number): Buffer => Buffer.from(stored.map((byte, index) => (index === at ? byte ^ 1 : byte)));
    const attacks = [
      flipped(stored.length - 1),
      flipped(header),
      flipped(header - 1),
      stored.subarray(0, -1),
      stored.subarray(0, -(chunk + 16)),
      Buffer.concat([stored, Buffer.alloc(1)]),
      swapped,
    ];
    for (const attack of attacks) {
      await writeFile(fileOf('n'), attack);
      await expect(whole(encrypted(secretA), 'n')).rejects.toThrow('was changed since it was encrypted, or is incomplete');
    }
    await writeFile(fileOf('o'), stored);
    await expect(whole(encrypted(secretA), 'o')).rejects.toThrow('was changed');
  });
});
