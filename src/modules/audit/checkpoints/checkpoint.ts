import { createHash } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { DocumentKeys } from '../../../common/crypto/document-keys.js';
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

/** A token that is not a checkpoint. */
export class InvalidCheckpointError extends Error {
  override readonly name = 'InvalidCheckpointError';
}

/** Signs checkpoints. */
export class CheckpointKeys extends DocumentKeys {
  /** @param previousSecrets earlier secrets, whose signatures are accepted */
  constructor(secret: string, previousSecrets: readonly string[]) {
    super({ purpose: 'audit-checkpoint', type: 'tenantry-audit-checkpoint' }, secret, previousSecrets);
  }

  /** @returns the token */
  sign(checkpoint: Checkpoint): Promise<string> {
    return this.signDocument(checkpoint);
  }

  /** @throws {InvalidCheckpointError} when it is not a JSON Web Signature */
  override async isSigned(token: string): Promise<boolean | undefined> {
    headerOf(token);
    return super.isSigned(token);
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
