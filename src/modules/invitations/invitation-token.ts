import { randomBytes } from 'node:crypto';
import { isUUID } from 'class-validator';
import { hashOpaqueToken } from '../../common/crypto/opaque-token.js';

const idBytes = 16;
const secretBytes = 32;

/** What a token says once it is taken apart: whose it claims to be, and what to look for there. */
export interface InvitationKey {
  readonly organizationId: string;
  readonly tokenHash: Uint8Array<ArrayBuffer>;
}

/**
 * The secret of an invitation's link: the organization's id and 256 random bits, in base64url. The id lets us look
 * inside that organization only; the random part alone proves anything.
 */
export function newInvitationToken(organizationId: string): string {
  return Buffer.concat([Buffer.from(organizationId.replaceAll('-', ''), 'hex'), randomBytes(secretBytes)]).toString('base64url');
}

export function hashInvitationToken(token: string): Uint8Array<ArrayBuffer> {
  return hashOpaqueToken(token);
}

/** Takes a token apart, or returns undefined when it cannot be one of ours. */
export function readInvitationToken(token: string): InvitationKey | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== idBytes + secretBytes || bytes.toString('base64url') !== token) return undefined;
  const organizationId = bytes.toString('hex', 0, idBytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isUUID(organizationId) ? { organizationId, tokenHash: hashInvitationToken(token) } : undefined;
}
