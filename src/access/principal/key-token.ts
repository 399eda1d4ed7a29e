import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { isUUID } from 'class-validator';
import { fromBase62, toBase62 } from '../../common/crypto/base62.js';
import { hashOpaqueToken } from '../../common/crypto/opaque-token.js';

const idBytes = 16;
const secretBytes = 32;
/** The number of base-62 digits of the bytes and of the checksum. */
const bodyLength = 65;
const checksumLength = 6;

/** The content of a key. Only the hash proves that the key is genuine. */
export interface KeyContent {
  readonly id: string;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
}

/** Returns the hash of a key, which is stored instead of the key. */
export const hashKey = (key: string): Uint8Array<ArrayBuffer> => hashOpaqueToken(key);

/**
 * The format of the keys with one prefix: the prefix, then an id and 256 random bits in base 62, then a checksum. Secret scanners recognize
 * leaked keys by the prefix. The checksum rejects mistyped and invented keys without a database query.
 */
export class KeyFormat {
  readonly #shape: RegExp;

  constructor(readonly prefix: string) {
    this.#shape = new RegExp(`^${prefix}([0-9A-Za-z]{${bodyLength}})([0-9A-Za-z]{${checksumLength}})$`);
  }

  /** Returns a new key that contains an id. */
  newKey(id: string): string {
    const bytes = Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), randomBytes(secretBytes)]);
    const body = toBase62(BigInt(`0x${bytes.toString('hex')}`), bodyLength);
    return `${this.prefix}${body}${this.#checksumOf(body)}`;
  }

  /** Parses a key. Returns undefined when the format or the checksum is wrong. */
  readKey(key: string): KeyContent | undefined {
    const [, body, checksum] = this.#shape.exec(key) ?? [];
    if (body === undefined || this.#checksumOf(body) !== checksum) return undefined;
    const hex = fromBase62(body).toString(16);
    if (hex.length > 2 * (idBytes + secretBytes)) return undefined;
    const idHex = hex.padStart(2 * (idBytes + secretBytes), '0').slice(0, 2 * idBytes);
    const id = idHex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    return isUUID(id) ? { id, tokenHash: hashKey(key) } : undefined;
  }

  /** Returns the columns in which a new secret is stored. */
  secretColumns(secret: string): { readonly tokenHash: Uint8Array<ArrayBuffer>; readonly hint: string } {
    return { tokenHash: hashKey(secret), hint: `${this.prefix}…${secret.slice(-4)}` };
  }

  #checksumOf(body: string): string {
    return toBase62(BigInt(crc32(`${this.prefix}${body}`)), checksumLength);
  }
}

/** API keys contain the id of their organization. */
export const apiKeyFormat = new KeyFormat('tk_');

/** Tokens of directories contain the id of their organization. */
export const directoryTokenFormat = new KeyFormat('tscim_');

/** Set-up links contain the id of their organization. */
export const setupLinkFormat = new KeyFormat('tsetup_');

/** Service keys contain their own id. */
export const serviceKeyFormat = new KeyFormat('tsk_');
