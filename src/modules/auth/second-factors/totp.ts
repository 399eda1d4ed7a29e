import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const period = 30;
/** The number of time steps before and after the current one whose codes are also accepted, because clocks differ (RFC 6238, section 5.2). */
const window = 1;

/** Returns a new shared secret of 160 bits in base 32 (RFC 4226, section 4). */
export function newTotpSecret(): string {
  return new Secret({ buffer: new Uint8Array(randomBytes(20)).buffer }).base32;
}

const totpOf = (secret: string, issuer = '', label = ''): TOTP => new TOTP({ issuer, label, algorithm: 'SHA1', digits: 6, period, secret: Secret.fromBase32(secret) });

/** Returns the URL that an authenticator app reads from a QR code. */
export function otpauthUrl(secret: string, issuer: string, label: string): string {
  return totpOf(secret, issuer, label).toString();
}

/** Returns the time step of a code, or undefined when the code is not valid at this time. */
export function findTimeStep(secret: string, code: string, now: Date): number | undefined {
  // otpauth throws for a text with as many characters and more bytes.
  if (!/^\d{6}$/.test(code)) return undefined;
  const timestamp = now.getTime();
  const delta = totpOf(secret).validate({ token: code, timestamp, window });
  return delta === null ? undefined : Math.floor(timestamp / 1000 / period) + delta;
}
