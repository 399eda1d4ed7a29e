import { randomFillSync } from 'node:crypto';
import { SystemClock } from '../../common/clock.js';

const clock = new SystemClock();
const random = Buffer.alloc(10 * 256);
let used = random.length;
let last = 0;
/** The 12 bits after the time. They count within a millisecond, so that ids of one process are in the order of their creation. */
let count = 0;

function nextTime(): number {
  const now = clock.now().getTime();
  if (now > last) {
    last = now;
    count = random.readUInt16BE(used) & 0x7ff;
  } else if (count === 0xfff) {
    last += 1;
    count = 0;
  } else {
    count += 1;
  }
  return last;
}

/** Returns a new UUID of version 7: its first bits are the time, so rows of one time are next to each other in an index. */
export function newId(): string {
  if (used === random.length) {
    randomFillSync(random);
    used = 0;
  }
  const time = nextTime().toString(16).padStart(12, '0');
  const variant = ((random[used + 2]! & 0x3f) | 0x80).toString(16);
  const rest = random.toString('hex', used + 3, used + 10);
  used += 10;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count.toString(16).padStart(3, '0')}-${variant}${rest.slice(0, 2)}-${rest.slice(2)}`;
}
