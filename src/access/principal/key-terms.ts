import { UnprocessableError } from '../../common/errors/app-error.js';
import { readTime } from '../../common/times.js';

/** Seconds for which the previous secret of a key works after a rotation that does not say how long. */
export const defaultOverlap = 24 * 3600;
/** The most seconds for which a rotation can keep it. */
export const longestOverlap = 30 * 24 * 3600;

export class ExpiryInThePastError extends UnprocessableError {
  constructor() {
    super('expiry_in_the_past', 'The expiry time is in the past. Choose a time in the future.', [
      { pointer: '/expiresAt', code: 'expiry_in_the_past', message: 'must be in the future' },
    ]);
  }
}

/** Reads an expiry time. Null is no expiry; undefined leaves it unchanged. @throws {ExpiryInThePastError} */
export function futureTime(text: string | null | undefined, now: Date): Date | null | undefined {
  if (text === undefined || text === null) return text;
  const time = readTime(text);
  if (time <= now) throw new ExpiryInThePastError();
  return time;
}

/** Ends the overlap of the previous secret when the key expires earlier. */
export function overlapWithin({ previousExpiresAt }: { readonly previousExpiresAt: Date | null }, expiry: Date | null): { previousExpiresAt?: Date } {
  return previousExpiresAt !== null && expiry !== null && previousExpiresAt > expiry ? { previousExpiresAt: expiry } : {};
}

/**
 * Returns when the previous secret stops working after a rotation: at the end of the overlap, at most at the expiry of the key.
 *
 * @param expiry the new expiry of the key; undefined if it stays
 */
export function endOfOverlap(now: Date, overlapSeconds: number, key: { readonly expiresAt: Date | null }, expiry: Date | null | undefined): Date {
  return new Date(Math.min(now.getTime() + 1000 * overlapSeconds, key.expiresAt?.getTime() ?? Infinity, expiry?.getTime() ?? Infinity));
}

/** Returns the time until which the previous secret works; null when it does not work. */
export const liveOverlap = ({ previousExpiresAt }: { readonly previousExpiresAt: Date | null }, now: Date): Date | null =>
  previousExpiresAt !== null && previousExpiresAt > now ? previousExpiresAt : null;
