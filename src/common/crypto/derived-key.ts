import { hkdfSync } from 'node:crypto';

/**
 * Derives a 256-bit key from the installation's secret with HKDF-SHA256 (RFC 5869). Each purpose has its own key, so that a
 * leaked key reveals nothing about the others.
 *
 * @param secret `APP_SECRET`
 * @param purpose a constant that identifies the use, e.g. `cursor`
 */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'tenantry', purpose, 32));
}
