import { TOTP } from 'otpauth';

/**
 * Returns a code of an authenticator app. Each code works once: a test that needs several takes those of later steps. A code of the present step or of the next one
 * works also if the step ends before the request arrives. One of the step before would not.
 */
export const codeOf = (secret: string, ahead = 0): string => new TOTP({ secret }).generate({ timestamp: Date.now() + ahead * 30_000 });
