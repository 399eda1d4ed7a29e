import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { hostOf, isLoopbackAddress, isPublicAddress } from '../addresses/address.js';
import { answerOf } from './fetch-outside.js';
import { GrowingContent } from './growing-content.js';

/** Why there is no answer. The words say nothing about the network of this server to the customer who has named the URL. */
const reasons = {
  refused_host: 'its URL must be https, and its name must have public addresses',
  timed_out: 'the answer was not complete in time',
  no_connection: 'the connection failed or ended before the answer was complete',
  bad_answer: 'it answered with something else than an HTTP response',
  too_large: 'the answer was too large',
} as const;

export type CustomerHttpReason = keyof typeof reasons;

export class CustomerHttpError extends Error {
  constructor(
    { origin }: URL,
    readonly reason: CustomerHttpReason,
    options?: ErrorOptions,
  ) {
    super(`${origin} gave no answer: ${reasons[reason]}.`, options);
  }
}

/** `method`, `headers` and `body` are those of `fetch`. A redirect is an answer as any other. */
export interface CustomerRequest extends Pick<RequestInit, 'method' | 'headers' | 'body'> {
  /** The milliseconds after which the whole answer must have arrived. The name, the connection and the request count. Default: 5000. */
  readonly timeoutMs?: number;
  /** The largest body of an answer, in bytes. Default: a mebibyte. */
  readonly maxBytes?: number;
  /** Whether the body of a larger answer is cut there. Otherwise it is an error. */
  readonly cut?: boolean;
  /** Breaks the request off. */
  readonly signal?: AbortSignal;
}

export interface CustomerHttpOptions {
  /** Name servers, `address` or `address:port`. Those of the machine if empty. */
  readonly dnsServers: readonly string[];
  /** Whether loopback addresses may be reached too, also over http. For development and tests. */
  readonly allowLoopback: boolean;
}

const maxHeaderBytes = 16_384;
/** Interim answers (RFC 9110, section 15.2) before the final one. A server needs one or two. */
const maxInterimAnswers = 10;
/** How much more than its body an answer may be on the wire, for its headers and for the sizes of its chunks. */
const maxOverhead = 65_536;

/** Codes of Node's HTTP parser. */
const isParserError = (error: unknown): boolean => String((error as NodeJS.ErrnoException).code).startsWith('HPE_');

/**
 * Sends requests to servers that customers name. Only public addresses are reached: every address of a name must be one, and the connection goes to an address that
 * was checked, so that a name that changes its address in between reaches nothing else.
 */
export class CustomerHttp {
  readonly #options: CustomerHttpOptions;

  constructor(options: CustomerHttpOptions) {
    this.#options = options;
  }

  /** Whether requests can be sent to a URL: https, without a password, and neither an address that is not public nor a name of this machine. The addresses of another name are checked when it is connected. */
  accepts(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const target = new URL(url);
    const { protocol, username, password } = target;
    if (username !== '' || password !== '') return false;
    const literal = hostOf(target);
    if (isLocalHost(literal)) return this.#options.allowLoopback && (protocol === 'https:' || protocol === 'http:');
    return protocol === 'https:' && (isIP(literal) === 0 || isPublicAddress(literal));
  }

  /**
   * Sends a request. The connection has ended when it settles.
   *
   * @throws {CustomerHttpError} when there is no such answer
   */
  async send(url: string, { timeoutMs = 5000, maxBytes = 1024 * 1024, cut = false, signal, ...fetched }: CustomerRequest): Promise<Response> {
    const target = new URL(url);
    if (!this.accepts(url)) throw new CustomerHttpError(target, 'refused_host');
    const asked = new Request(url, fetched);
    const body = Buffer.from(await asked.arrayBuffer());
    return new Promise<Response>((resolve, reject) => {
      // A resolver learns how fast its servers answer, and then gives up on a name that they must look up first: each request has one of its own.
      const resolver = new Resolver({ timeout: 2000, tries: 2 });
      if (this.#options.dnsServers.length > 0) resolver.setServers(this.#options.dnsServers);
      const content = new GrowingContent(maxBytes);
      const options = { method: asked.method, headers: Object.fromEntries(asked.headers), agent: false, maxHeaderSize: maxHeaderBytes, lookup: this.#lookupBy(resolver, target) };
      const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(target, options);
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', breakOff);
        resolver.cancel();
        request.destroy();
        // The request of an answer that has ended leaves its connection to the server, which need not close it.
        request.socket?.destroy();
      };
      const fail = (reason: CustomerHttpReason, cause?: unknown): void => {
        end();
        reject(cause instanceof CustomerHttpError ? cause : new CustomerHttpError(target, reason, { cause }));
      };
      const failBy = (error: unknown): void => fail(isParserError(error) ? 'bad_answer' : 'no_connection', error);
      const complete = (answer: IncomingMessage): void => {
        const { statusCode: status = 0, statusMessage: statusText = '' } = answer;
        try {
          resolve(answerOf(content.bytes, { status, statusText, headers: headersOf(answer) }));
          end();
        } catch (error) {
          fail('bad_answer', error);
        }
      };
      const breakOff = (): void => fail('no_connection');
      signal?.addEventListener('abort', breakOff);
      const timer = setTimeout(() => fail('timed_out'), timeoutMs);
      let interimAnswers = 0;
      request.on('information', () => {
        interimAnswers += 1;
        if (interimAnswers > maxInterimAnswers) fail('bad_answer');
      });
      // Nothing else ends a request whose answer is a change of the protocol or a tunnel, or is none.
      for (const event of ['upgrade', 'connect'] as const) request.on(event, () => fail('bad_answer'));
      request.on('close', () => fail('no_connection'));
      request.on('error', failBy);
      request.on('response', (answer) => {
        answer.on('data', (part: Buffer) => {
          const fits = content.add(part) && answer.socket.bytesRead <= 2 * maxBytes + maxOverhead;
          if (!fits && cut) complete(answer);
          else if (!fits) fail('too_large');
        });
        answer.on('end', () => complete(answer));
        answer.on('error', failBy);
      });
      request.end(body);
    });
  }

  /**
   * Looks names up by DNS alone. The `lookup` of Node.js asks the operating system in one of four threads, which also hash passwords and read files: four names that
   * are answered slowly would stop these. It reads /etc/hosts too, whose names are those of a private network, and never of a customer; `localhost` is
   * answered as RFC 6761, section 6.3, says.
   */
  #lookupBy(resolver: Resolver, target: URL): LookupFunction {
    return (host, { all }, answer) => {
      this.#findAddresses(resolver, host, target).then(
        (addresses) => (all === true ? answer(null, addresses) : answer(null, addresses[0].address, addresses[0].family)),
        (error: Error) => answer(error, []),
      );
    };
  }

  /** @throws {CustomerHttpError} the same for a name without addresses as for one with an address that is not allowed */
  async #findAddresses(resolver: Resolver, host: string, target: URL): Promise<[LookupAddress, ...LookupAddress[]]> {
    // IPv4 comes first: most servers have no connection by IPv6.
    const found = isLocalName(host)
      ? [['127.0.0.1'], ['::1']]
      : (await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])).map((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const [first, ...rest] = found.flat().map((address) => ({ address, family: isIP(address) }));
    const isAllowed = ({ address }: LookupAddress): boolean => isPublicAddress(address) || (this.#options.allowLoopback && isLoopbackAddress(address));
    if (first === undefined || ![first, ...rest].every(isAllowed)) throw new CustomerHttpError(target, 'refused_host');
    return [first, ...rest];
  }
}

const isLocalName = (host: string): boolean => /(?:^|\.)localhost\.?$/i.test(host);

/** Whether a host is this machine, by its name (RFC 6761, section 6.3) or its address. */
export const isLocalHost = (host: string): boolean => isLocalName(host) || isLoopbackAddress(host);

const headersOf = ({ headersDistinct }: IncomingMessage): Headers =>
  new Headers(Object.entries(headersDistinct).flatMap(([name, values = []]) => values.map((value): [string, string] => [name, value])));
