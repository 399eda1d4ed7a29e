/** Attempts end this long after a mail was written, or sent again by an operator. */
export const maxMailAge = 5 * 24 * 3600 * 1000;

const firstPause = 30_000;
const longestPause = 3_600_000;

/**
 * Returns the milliseconds until the next attempt: 30 seconds, twice as long after each attempt, and at most an hour. Up to a
 * fifth more or less, so that mails that failed together are not attempted together.
 *
 * @param attempts the number of attempts so far
 */
export const pauseAfter = (attempts: number): number => doubling(firstPause, longestPause, attempts);

/** Returns the milliseconds until a server that did not answer is asked again: one second, then twice as long each time, and at most a minute. */
export const pauseOfServer = (failures: number): number => doubling(1000, 60_000, failures);

/** Twice as long each time, and up to a fifth more or less. */
function doubling(first: number, longest: number, times: number): number {
  return Math.round(Math.min(longest, first * 2 ** Math.min(times - 1, 20)) * (0.8 + 0.4 * Math.random()));
}
