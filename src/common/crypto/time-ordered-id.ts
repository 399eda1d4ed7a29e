import { randomUUID } from 'node:crypto';

let last = { milliseconds: -1, count: 0 };

/**
 * Returns a UUID of version 7 (RFC 9562, section 5.7): the milliseconds of `at`, a counter (section 6.2), and random bits. The ids of one process
 * for the same millisecond sort in the order in which they were made, up to 4096 of them.
 */
export function timeOrderedId(at: Date): string {
  const milliseconds = at.getTime();
  last = { milliseconds, count: last.milliseconds === milliseconds ? (last.count + 1) % 0x1000 : 0 };
  const time = milliseconds.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${last.count.toString(16).padStart(3, '0')}${randomUUID().slice(18)}`;
}
