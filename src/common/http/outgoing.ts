const timeoutMs = 5000;
const maxBytes = 1024 * 1024;

/**
 * Sends a request to a server that somebody else runs: it follows no redirect, waits at most five seconds, and reads at most a
 * mebibyte.
 *
 * @throws {Error} when there is no such answer
 */
export async function fetchOutside(url: string, options: Omit<RequestInit, 'signal' | 'redirect'>): Promise<Response> {
  const response = await fetch(url, { ...options, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.byteLength;
    if (size > maxBytes) throw new Error(`The answer of ${new URL(url).host} is larger than ${maxBytes} bytes.`);
    parts.push(part);
  }
  const { status, statusText, headers } = response;
  return new Response([204, 205, 304].includes(status) ? null : Buffer.concat(parts), { status, statusText, headers });
}
