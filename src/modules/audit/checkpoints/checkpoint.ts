import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import { deriveKey } from '../../../common/crypto/derived-key.js';
import { parseTime } from '../../../common/times.js';

/** The end of a chain. */
export interface ChainEnd {
  /** An organization, or `platformChain`. */
  readonly chain: string;
  readonly sequence: number;
  /** The hash of that event, in hex. */
  readonly hash: string;
  /** The last event that this checkpoint says to be removed. */
  readonly removed?: Removal;
}

/** The end of the events of a chain that have expired. */
export interface Removal {
  readonly sequence: number;
  /** The hash of the last of them, in hex. */
  readonly hash: string;
  /** The number of the checkpoint that names them, or later events of the chain, and that is older than the retention. */
  readonly by: number;
}

/** The shortest time for which the log can be kept: no checkpoint that is younger makes events expire. */
export const shortestRetention = 30 * 24 * 3600 * 1000;

/** The payload of a checkpoint. */
export interface Checkpoint {
  /** Counts from 1, without gaps. */
  readonly number: number;
  /** When it was made, in UTC. */
  readonly at: string;
  /** The SHA-256 of the token of the checkpoint before, in hex; null for the first. */
  readonly previous: string | null;
  /** The chains that have grown, or from which events were removed together with it. */
  readonly heads: readonly ChainEnd[];
}

/** The value of `typ` in the header of a token, so that no other signature is taken for a checkpoint (RFC 8725, section 3.11). */
const tokenType = 'tenantry-audit-checkpoint';

/** The beginning of a private Ed25519 key in PKCS #8 (RFC 8410, section 7), which its 32 bytes follow. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

async function signingKeyOf(secret: string): Promise<SigningKey> {
  const der = Buffer.concat([pkcs8Prefix, deriveKey(secret, 'audit-checkpoint')]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  return { id: await calculateJwkThumbprint(publicKey.export({ format: 'jwk' })), privateKey, publicKey };
}

/** A token that is not a checkpoint. */
export class InvalidCheckpointError extends Error {
  override readonly name = 'InvalidCheckpointError';
}

/** Signs checkpoints with Ed25519 (RFC 8037), with a key that is derived from `APP_SECRET`: the database does not have it. */
export class CheckpointKeys {
  readonly #present: Promise<SigningKey>;
  readonly #all: Promise<readonly SigningKey[]>;

  /** @param previousSecrets earlier secrets, whose signatures are accepted */
  constructor(secret: string, previousSecrets: readonly string[]) {
    this.#present = signingKeyOf(secret);
    this.#all = Promise.all([this.#present, ...previousSecrets.map(signingKeyOf)]);
  }

  /** The id of the key that signs, which is its thumbprint (RFC 7638). */
  async presentId(): Promise<string> {
    return (await this.#present).id;
  }

  /** @returns the token */
  async sign(checkpoint: Checkpoint): Promise<string> {
    const { id, privateKey } = await this.#present;
    return new CompactSign(Buffer.from(JSON.stringify(checkpoint))).setProtectedHeader({ alg: 'EdDSA', typ: tokenType, kid: id }).sign(privateKey);
  }

  /** Whether a key of this installation has signed the token; undefined when its key is unknown. */
  async isSigned(token: string): Promise<boolean | undefined> {
    const { kid, typ } = headerOf(token);
    const key = (await this.#all).find(({ id }) => id === kid);
    if (key === undefined) return undefined;
    return compactVerify(token, key.publicKey, { algorithms: ['EdDSA'] }).then(
      () => typ === tokenType,
      () => false,
    );
  }
}

/** The hash by which the next checkpoint names this one, in hex. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Returns the id of the key of a token. @throws {InvalidCheckpointError} */
export const keyIdOf = (token: string): string => headerOf(token).kid ?? '';

function headerOf(token: string): { readonly kid?: string; readonly typ?: string } {
  try {
    return decodeProtectedHeader(token);
  } catch (cause) {
    throw new InvalidCheckpointError('It is not a JSON Web Signature.', { cause });
  }
}

const isNumber = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isTime = (value: unknown): boolean => typeof value === 'string' && parseTime(value) !== undefined;
const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isChain = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

function isEnd({ chain, sequence, hash, removed }: ChainEnd): boolean {
  return isChain(chain) && isNumber(sequence) && isHash(hash) && (removed === undefined || (isNumber(removed.sequence) && isHash(removed.hash) && isNumber(removed.by)));
}

/** Reads the payload of a token without looking at its signature. @throws {InvalidCheckpointError} */
export function readCheckpoint(token: string): Checkpoint {
  headerOf(token);
  try {
    const read = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Checkpoint;
    if (isNumber(read.number) && isTime(read.at) && (read.previous === null || isHash(read.previous)) && Array.isArray(read.heads) && read.heads.every(isEnd)) return read;
  } catch {
    // The same answer as for another document.
  }
  throw new InvalidCheckpointError('It has not the content of a checkpoint.');
}
