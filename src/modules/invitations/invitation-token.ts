import { randomBytes } from 'node:crypto';
import { isUUID } from 'class-validator';
import { hashOpaqueToken } from '../../common/crypto/opaque-token.js';

const idBytes = 16;
const secretBytes = 32;

/** The content of a token: the organization that it names, and the hash to look up there. */
export interface InvitationKey {
  readonly organizationId: string;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
}

/**
 * Returns a new secret for an invitation link: the organization's id and 256 random bits in base64url. The id limits the
 * lookup to that organization. Only the random bits are secret.
 */
export function newInvitationToken(organizationId: string): string {
  return Buffer.concat([Buffer.from(organizationId.replaceAll('-', ''), 'hex'), randomBytes(secretBytes)]).toString('base64url');
}

export function hashInvitationToken(token: string): Uint8Array<ArrayBuffer> {
  return hashOpaqueToken(token);
}

/** Parses a token. Returns undefined when its format is wrong. */
export function readInvitationToken(token: string): InvitationKey | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== idBytes + secretBytes || bytes.toString('base64url') !== token) return undefined;
  const organizationId = bytes.toString('hex', 0, idBytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isUUID(organizationId) ? { organizationId, tokenHash: hashInvitationToken(token) } : undefined;
}
