import { hkdfSync } from 'node:crypto';

/**
 * A 256-bit key derived from the installation's secret by HKDF-SHA256 (RFC 5869), a different one for each purpose,
 * so that what leaks of one use says nothing about another.
 *
 * @param secret `APP_SECRET`
 * @param purpose a constant that names the use, e.g. `cursor`
 */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'tenantry', purpose, 32));
}
