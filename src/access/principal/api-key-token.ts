import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { isUUID } from 'class-validator';
import { fromBase62, toBase62 } from '../../common/crypto/base62.js';
import { hashOpaqueToken } from '../../common/crypto/opaque-token.js';

/** The prefix of every API key, by which secret scanners recognize leaked keys. */
export const apiKeyPrefix = 'tk_';

const idBytes = 16;
const secretBytes = 32;
/** The number of base-62 digits of the bytes and of the checksum. */
const bodyLength = 65;
const checksumLength = 6;
const shape = new RegExp(`^${apiKeyPrefix}([0-9A-Za-z]{${bodyLength}})([0-9A-Za-z]{${checksumLength}})$`);

const checksumOf = (body: string): string => toBase62(BigInt(crc32(`${apiKeyPrefix}${body}`)), checksumLength);

/** The content of an API key. Only the hash proves that the key is genuine. */
export interface ApiKeyCredential {
  readonly organizationId: string;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
}

/**
 * Returns a new key: `tk_`, then the organization's id and 256 random bits in base 62, then a checksum. The checksum
 * rejects mistyped and invented keys without a database query.
 */
export function newApiKey(organizationId: string): string {
  const bytes = Buffer.concat([Buffer.from(organizationId.replaceAll('-', ''), 'hex'), randomBytes(secretBytes)]);
  const body = toBase62(BigInt(`0x${bytes.toString('hex')}`), bodyLength);
  return `${apiKeyPrefix}${body}${checksumOf(body)}`;
}

/** Returns the hash of a key, which is stored instead of the key. */
export function hashApiKey(key: string): Uint8Array<ArrayBuffer> {
  return hashOpaqueToken(key);
}

/** Parses an API key. Returns undefined when the format or the checksum is wrong. */
export function readApiKey(key: string): ApiKeyCredential | undefined {
  const [, body, checksum] = shape.exec(key) ?? [];
  if (body === undefined || checksumOf(body) !== checksum) return undefined;
  const hex = fromBase62(body).toString(16);
  if (hex.length > 2 * (idBytes + secretBytes)) return undefined;
  const id = hex.padStart(2 * (idBytes + secretBytes), '0').slice(0, 2 * idBytes);
  const organizationId = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isUUID(organizationId) ? { organizationId, tokenHash: hashApiKey(key) } : undefined;
}
