import { randomUUID } from 'node:crypto';

/** How many ids were made for each of the last times, the latest last. Work that keeps its time, and work of another clock, alternate with the present. */
const counts = new Map<number, number>();
const rememberedTimes = 16;

function countOf(milliseconds: number): number {
  const count = counts.get(milliseconds) ?? 0;
  counts.delete(milliseconds);
  counts.set(milliseconds, count + 1);
  const [oldest] = counts.keys();
  if (counts.size > rememberedTimes && oldest !== undefined) counts.delete(oldest);
  return count % 0x1000;
}

/**
 * Returns a UUID of version 7 (RFC 9562, section 5.7): the milliseconds of `at`, a counter (section 6.2), and random bits. The ids of one process
 * for the same millisecond sort in the order in which they were made, up to 4096 of them.
 */
export function timeOrderedId(at: Date): string {
  const milliseconds = at.getTime();
  const time = milliseconds.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${countOf(milliseconds).toString(16).padStart(3, '0')}${randomUUID().slice(18)}`;
}
