import { createHash, randomBytes } from 'node:crypto';

/** A secret for a link or a session: 256 random bits in base64url. */
export function newOpaqueToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token: its SHA-256. A fast hash is enough for 256 random bits (unlike for a password). */
export function hashOpaqueToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
