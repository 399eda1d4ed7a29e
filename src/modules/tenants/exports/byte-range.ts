import type { ByteRange } from '../../../common/storage/object-storage.js';
import { InvalidByteRangeError } from './exports.errors.js';

/**
 * Reads the header `Range` (RFC 9110, section 14.2). Another unit, a malformed one and several ranges are ignored, which the RFC allows: the whole file is returned.
 *
 * @param bytes the size of the file, at least 1
 * @throws {InvalidByteRangeError} if the file has no byte of the range
 */
export function wantedBytes(range: string | undefined, bytes: number): ByteRange & { readonly isPart: boolean } {
  const whole = { start: 0, end: bytes - 1, isPart: false };
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? '') ?? [];
  if (first === '' && last === '') return whole;
  if (first === '') {
    if (Number(last) === 0) throw new InvalidByteRangeError(bytes);
    return { start: Math.max(0, bytes - Number(last)), end: bytes - 1, isPart: true };
  }
  if (last !== '' && Number(last) < Number(first)) return whole;
  if (Number(first) >= bytes) throw new InvalidByteRangeError(bytes);
  return { start: Number(first), end: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1), isPart: true };
}
