const timeoutMs = 5000;
const maxBytes = 1024 * 1024;

/**
 * Sends a request to a server that the operator names: it follows no redirect, waits at most five seconds, and reads at most a
 * mebibyte. `CustomerHttp` sends requests to the servers that customers name.
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
  return answerOf(Buffer.concat(parts), response);
}

/** Returns an answer with its content. Some statuses have none. */
export const answerOf = (content: Uint8Array<ArrayBuffer>, { status, statusText, headers }: Pick<Response, 'status' | 'statusText' | 'headers'>): Response =>
  new Response([204, 205, 304].includes(status) ? null : content, { status, statusText, headers });
