import { randomUUID } from 'node:crypto';

/** Returns a UUID of version 7 (RFC 9562, section 5.7): the milliseconds of `at`, followed by random bits. */
export function timeOrderedId(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
