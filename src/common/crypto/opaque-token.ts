import { createHash, randomBytes } from 'node:crypto';

/** Returns a new secret for a link or a session: 256 random bits in base64url. */
export function newOpaqueToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Returns the SHA-256 of a token, which is stored in its place. For 256 random bits, unlike for a password, a fast hash is enough. */
export function hashOpaqueToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
