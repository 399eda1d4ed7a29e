import { randomBytes } from 'node:crypto';

let last = { milliseconds: -1, count: 0 };

/** Returns a UUID of version 7 with a counter (RFC 9562, section 6.2): documents that are issued at the same time sort in the order in which they were issued. */
export function newDocumentId(at: Date): string {
  const milliseconds = at.getTime();
  last = { milliseconds, count: last.milliseconds === milliseconds ? (last.count + 1) % 0x1000 : 0 };
  const time = milliseconds.toString(16).padStart(12, '0');
  const random = randomBytes(8);
  random[0] = 0x80 | ((random[0] ?? 0) & 0x3f);
  const rest = random.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${last.count.toString(16).padStart(3, '0')}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
