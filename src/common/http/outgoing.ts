import { lookup as resolve } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';

/** The same for a name that does not exist, and for one with an address that is not allowed: a customer who names it learns nothing about the network of the server. */
export class UnreachableHostError extends Error {
  constructor({ origin }: URL) {
    super(`${origin} is not reached: it must be https, and its name must have public addresses.`);
  }
}

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
  const content = await contentOf((response.body ?? []) as AsyncIterable<Uint8Array>, url);
  return answerOf(content, response);
}

/**
 * Sends a request as {@link fetchOutside} to a server that a customer names. Every address of its host must be allowed, and the connection goes to an address that was
 * checked: a name that changes its address in between reaches nothing else.
 *
 * @param isAllowed whether an address may be reached
 * @throws {TypeError} when there is no such answer, as `fetch` does
 */
export async function fetchAllowed(url: string, options: Pick<RequestInit, 'method' | 'headers' | 'body'>, isAllowed: (address: string) => boolean): Promise<Response> {
  const { protocol, hostname } = new URL(url);
  const literal = hostname.replace(/^\[|\]$/g, '');
  const refusal = new UnreachableHostError(new URL(url));
  const lookup: LookupFunction = (host, { all, ...asked }, answer) => {
    resolve(host, { ...asked, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return answer(refusal, []);
      if (!addresses.every(({ address }) => isAllowed(address))) return answer(refusal, []);
      return all === true ? answer(null, addresses) : answer(null, first.address, first.family);
    });
  };
  try {
    // An address is connected without a lookup.
    if (isIP(literal) !== 0 && !isAllowed(literal)) throw refusal;
    const { body, method = 'GET', headers } = options;
    const response = await new Promise<IncomingMessage>((answered, failed) => {
      const send = protocol === 'https:' ? httpsRequest : httpRequest;
      const signal = AbortSignal.timeout(timeoutMs);
      const request = send(url, { method, headers: Object.fromEntries(new Headers(headers)), lookup, agent: false, signal }, answered);
      request.on('error', failed);
      request.end(body === null || body === undefined ? undefined : body instanceof URLSearchParams ? body.toString() : body);
    });
    const content = await contentOf(response, url);
    const { statusCode: status = 500, statusMessage: statusText = '' } = response;
    return answerOf(content, { status, statusText, headers: headersOf(response) });
  } catch (error) {
    throw new TypeError('fetch failed', { cause: error });
  }
}

/** Returns an answer with its content. Some statuses have none. */
const answerOf = (content: Buffer<ArrayBuffer>, { status, statusText, headers }: Pick<Response, 'status' | 'statusText' | 'headers'>): Response =>
  new Response([204, 205, 304].includes(status) ? null : content, { status, statusText, headers });

const headersOf = ({ headersDistinct }: IncomingMessage): Headers =>
  new Headers(Object.entries(headersDistinct).flatMap(([name, values = []]) => values.map((value): [string, string] => [name, value])));

/** @throws {Error} when it is larger than a mebibyte */
async function contentOf(body: AsyncIterable<Uint8Array>, url: string): Promise<Buffer<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.byteLength;
    if (size > maxBytes) throw new Error(`The answer of ${new URL(url).host} is larger than ${maxBytes} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
