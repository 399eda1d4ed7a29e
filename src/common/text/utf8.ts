import { isUtf8 } from 'node:buffer';

/** Decodes UTF-8. Returns undefined when the bytes are not valid UTF-8, instead of replacing what is wrong. */
export const textOfUtf8 = (bytes: Buffer): string | undefined => (isUtf8(bytes) ? bytes.toString('utf8') : undefined);

/** Returns the line and column, in bytes from 1, of the first byte that is not valid UTF-8. */
export function placeOfInvalidUtf8(bytes: Buffer): { line: number; column: number } {
  let lineStart = 0;
  for (let line = 1; ; line += 1) {
    const next = bytes.indexOf(10, lineStart);
    const lineEnd = next === -1 ? bytes.length : next;
    if (next === -1 || !isUtf8(bytes.subarray(lineStart, lineEnd))) return { line, column: validLength(bytes.subarray(lineStart, lineEnd)) + 1 };
    lineStart = lineEnd + 1;
  }
}

/** Returns the length of the longest valid beginning. */
function validLength(bytes: Buffer): number {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let complete = 0;
  for (let length = 1; length <= bytes.length; length += 1) {
    try {
      // A decoder that streams accepts the beginning of a character, and refuses what no further byte can complete.
      if (decoder.decode(bytes.subarray(length - 1, length), { stream: true }) !== '') complete = length;
    } catch {
      return complete;
    }
  }
  return complete;
}
