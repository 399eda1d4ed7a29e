const [second, minute, hour] = [1000, 60_000, 3_600_000] as const;

/** The pauses after each failed attempt: those that the Standard Webhooks specification recommends, three days together. */
const pauses: readonly number[] = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour];

/** The attempts of a delivery, until it has failed. */
export const maxAttempts = pauses.length + 1;

/** The longest time for which an answer can ask to wait. */
const longestPause = 24 * hour;

/** A webhook is disabled when its attempts have failed for this time, and none has succeeded. */
export const longestFailure = 5 * 24 * hour;

/**
 * Returns the milliseconds until the next attempt; undefined when none follows. Up to a fifth more or less, so that deliveries that failed together are not
 * attempted together.
 *
 * @param attempts the number of attempts so far
 * @param asked the milliseconds for which the receiver asks to wait (`Retry-After`)
 */
export function pauseAfter(attempts: number, asked = 0): number | undefined {
  const pause = pauses[attempts - 1];
  if (pause === undefined) return undefined;
  return Math.max(Math.round(pause * (0.8 + 0.4 * Math.random())), Math.min(asked, longestPause));
}

/** Returns the milliseconds for which an answer asks to wait (RFC 9110, section 10.2.3), if its status says that a later attempt can succeed; undefined without such a time. A date is not read. */
export function askedPause(status: number, retryAfter: string | null): number | undefined {
  if (retryAfter === null || ![429, 502, 503, 504].includes(status)) return undefined;
  return /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * second : undefined;
}
