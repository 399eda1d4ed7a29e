import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FolderStorage } from './folder-storage.js';
import type { ObjectStorage } from './object-storage.js';
import type { S3Access } from '../../config/app-config.js';
import { S3Storage } from './s3-storage.js';

/**
 * Opens the storage of a URL: `file:///folder`, which all replicas must have, or `https://<host>/<bucket>[/<prefix>]` of a server that speaks the protocol of S3.
 *
 * @throws {Error} when a bucket has no credentials
 */
export function openStorage(url: string, access: S3Access | undefined): ObjectStorage {
  const parsed = new URL(url);
  if (parsed.protocol === 'file:') return new FolderStorage(fileURLToPath(parsed), true);
  if (access === undefined) throw new Error(`${parsed.origin}${parsed.pathname} needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.`);
  return new S3Storage(parsed, access);
}

/** Opens the storage of a URL, or without one a folder of this machine. @throws {Error} as {@link openStorage} */
export const openStorageOr = (dataDir: string, url: string | undefined, access: S3Access | undefined): ObjectStorage =>
  url === undefined ? new FolderStorage(path.resolve(dataDir, 'storage'), false) : openStorage(url, access);
