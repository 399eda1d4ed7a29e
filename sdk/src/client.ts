import { ConnectionError, errorFrom, isTenantryError, type TenantryError } from './errors.js';
import { routes, type Route } from './generated/routes.js';
import { withRetries, type RetryOptions } from './retry.js';
import { Session, type IssuedTokens } from './session.js';
import { memoryStore, type TokenStore, type Tokens } from './tokens.js';
import type { Answer, Arguments, Call, CallOptions, Data, Item, ListId, OperationId } from './types.js';

export interface ClientOptions extends RetryOptions {
  /** The address of the installation, such as `https://api.example.com`. */
  readonly url: string;
  /** An API key of an organization, or a service key. Without one, the client has the session of the person who signs in with it. */
  readonly apiKey?: string | undefined;
  /** Where the tokens of the session are kept; in memory by default. */
  readonly store?: TokenStore;
  /** Called when the session ends: by a sign-out, or with the error of a request that showed that the server has ended it. */
  readonly onSignedOut?: (error?: TenantryError) => void;
  /** Milliseconds until an attempt fails; 30,000 by default. */
  readonly timeout?: number;
  /** Sends the requests; `fetch` of the platform by default. */
  readonly fetch?: typeof fetch;
}

/** A method for each operation of the contract, under its `operationId`. Each returns the data of the answer. */
type Operations<OfOrganization extends boolean> = {
  readonly [Id in OperationId]: (...args: Arguments<Call<Id, OfOrganization>>) => Promise<Data<Id>>;
};

/** Calls the API as one person or API key. */
export interface TenantryClient<OfOrganization extends boolean = false> extends Operations<OfOrganization> {
  /** Calls an operation. Returns the status and the header fields too, such as the `ETag` for `If-Match`. */
  send<Id extends OperationId>(operation: Id, ...args: Arguments<Call<Id, OfOrganization>>): Promise<Answer<Id>>;
  /** Yields the entries of a list, and reads its pages as they are needed. */
  paginate<Id extends ListId>(operation: Id, ...args: Arguments<Call<Id, OfOrganization>>): AsyncGenerator<Item<Id>, void, undefined>;
  /** Returns a client of the same session that names an organization in each call. */
  forOrganization(organizationId: string): TenantryClient<true>;
  /** Returns the kept tokens, or nothing if nobody is signed in. */
  tokens(): Promise<Tokens | undefined>;
}

type Parameter = string | number | boolean;

/** Any call, as the code below sees it. */
interface AnyCall extends CallOptions {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, Parameter | readonly Parameter[] | undefined>>;
  readonly header?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

interface AnyAnswer {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Headers;
}

interface AnyPage {
  readonly data: readonly unknown[];
  readonly nextCursor: string | null;
}

const longestAttemptMs = 30_000;
const longestRefreshMs = 10_000;
const renewable = ['token_expired', 'invalid_token'];
const ended = ['session_ended', 'session_timed_out'];

/** Returns a client of an installation. */
export function createClient(options: ClientOptions): TenantryClient {
  return client(new Caller(options)) as unknown as TenantryClient;
}

/** Makes the methods of a client. A cast is needed: only the document knows their types. */
function client(caller: Caller, organizationId?: string): object {
  const send = (operation: string, call?: AnyCall): Promise<AnyAnswer> => caller.call(operation, named(operation, organizationId, call));
  async function* paginate(operation: string, call: AnyCall = {}): AsyncGenerator<unknown, void, undefined> {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = (await send(operation, cursor === undefined ? call : { ...call, query: { ...call.query, cursor } })).data as AnyPage;
      yield* page.data;
      cursor = page.nextCursor;
    }
  }
  const methods = Object.keys(routes).map((operation) => [operation, async (call?: AnyCall) => (await send(operation, call)).data] as const);
  return Object.freeze({ ...Object.fromEntries(methods), send, paginate, forOrganization: (id: string) => client(caller, id), tokens: () => caller.session.tokens() });
}

/** Names an organization in a call, in the path or the header, as the operation wants it. */
function named(operation: string, organizationId: string | undefined, call: AnyCall = {}): AnyCall {
  if (organizationId === undefined) return call;
  const { path, ofTenant } = routeOf(operation);
  if (path.includes('{organizationId}')) return { ...call, path: { ...call.path, organizationId } };
  return ofTenant === true ? { ...call, header: { 'X-Tenant-ID': organizationId, ...call.header } } : call;
}

function routeOf(operation: string): Route {
  const route = (routes as Readonly<Record<string, Route>>)[operation];
  if (route === undefined) throw new TypeError(`There is no operation ${operation}`);
  return route;
}

/** Sends the requests of a client and of those for its organizations. */
class Caller {
  readonly session: Session;

  constructor(private readonly options: ClientOptions) {
    // The server repeats a lost answer for half a minute only.
    const timeout = Math.min(options.timeout ?? longestAttemptMs, longestRefreshMs);
    const refresh = async (refreshToken: string): Promise<IssuedTokens> => (await this.call('refresh', { body: { refreshToken }, timeout })).data as IssuedTokens;
    this.session = new Session(options.store ?? memoryStore(), refresh, options.onSignedOut ?? (() => undefined));
  }

  async call(operation: string, call: AnyCall): Promise<AnyAnswer> {
    const route = routeOf(operation);
    const keyed = route.isKeyed === true ? { 'Idempotency-Key': call.header?.['Idempotency-Key'] ?? newKey() } : {};
    // A refresh token that is sent again soon gets the same answer.
    const repeatable = ['GET', 'PUT'].includes(route.method) || route.isKeyed === true || operation === 'refresh';
    const attempt = (): Promise<AnyAnswer> => this.#authenticated(route, { ...call, header: { ...call.header, ...keyed } });
    const answer = await withRetries(attempt, repeatable, this.options, call.signal);
    if (route.signsIn === true && operation !== 'refresh' && hasTokens(answer.data)) await this.session.keep(answer.data);
    if (operation === 'logOut' || operation === 'deleteAccount') await this.session.end((await this.session.tokens())?.accessToken);
    return answer;
  }

  /** Sends a request with the credential of the client, and once more with a new access token if the server refuses this one as too old. */
  async #authenticated(route: Route, call: AnyCall): Promise<AnyAnswer> {
    const { apiKey } = this.options;
    if (route.isPublic === true) return this.#attempt(route, call, {});
    if (apiKey !== undefined) return this.#attempt(route, call, { 'X-API-Key': apiKey });
    const token = await unlessAborted(this.session.accessToken(), call.signal);
    try {
      return await this.#attempt(route, call, bearer(token));
    } catch (error) {
      if (token === undefined || !isTenantryError(error) || error.status !== 401) throw error;
      const renewed = renewable.includes(error.code) ? await unlessAborted(this.session.renew(token), call.signal) : undefined;
      if (renewed !== undefined) return this.#attempt(route, call, bearer(renewed));
      if (ended.includes(error.code)) await this.session.end(token, error);
      throw error;
    }
  }

  async #attempt(route: Route, call: AnyCall, credential: Readonly<Record<string, string>>): Promise<AnyAnswer> {
    call.signal?.throwIfAborted();
    const ending = new AbortController();
    const abort = (): void => ending.abort(call.signal?.reason);
    call.signal?.addEventListener('abort', abort, { once: true });
    const timeout = call.timeout ?? this.options.timeout ?? longestAttemptMs;
    const timer = setTimeout(() => ending.abort(new DOMException(`There was no answer within ${timeout} ms`, 'TimeoutError')), timeout);
    const url = `${this.options.url.replace(/\/+$/, '')}${pathOf(route, call)}`;
    try {
      const response = await (this.options.fetch ?? fetch)(url, { ...requestOf(route, call, credential), signal: ending.signal });
      if (response.status >= 400) throw await errorFrom(response);
      return { status: response.status, data: await dataOf(response), headers: response.headers };
    } catch (error) {
      if (isTenantryError(error) || call.signal?.aborted === true) throw error;
      throw new ConnectionError(`${route.method} ${url} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', abort);
    }
  }
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

function requestOf({ method }: Route, { header = {}, body }: AnyCall, credential: Readonly<Record<string, string>>): RequestInit {
  const headers = new Headers({ Accept: 'application/json, */*;q=0.5', ...credential });
  for (const [name, value] of Object.entries(header)) if (value !== undefined) headers.set(name, value);
  if (body === undefined) return { method, headers };
  headers.set('Content-Type', 'application/json');
  return { method, headers, body: JSON.stringify(body) };
}

function pathOf(route: Route, { path = {}, query = {} }: AnyCall): string {
  const named = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = path[name];
    if (value === undefined || value === '') throw new TypeError(`${route.method} ${route.path} needs the parameter ${name}`);
    return encodeURIComponent(value);
  });
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of [value ?? []].flat()) parameters.append(name, String(each));
  }
  const search = parameters.toString();
  return search === '' ? named : `${named}?${search}`;
}

async function dataOf(response: Response): Promise<unknown> {
  if (response.status === 204 || response.status === 304) return undefined;
  if (response.headers.get('content-type')?.includes('json') !== true || response.headers.get('content-type')?.includes('ndjson') === true) return response;
  return response.json();
}

const hasTokens = (data: unknown): data is IssuedTokens => typeof (data as Partial<IssuedTokens> | undefined)?.accessToken === 'string';

/** Returns a random key. `crypto.randomUUID` is missing on pages without HTTPS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Waits for work that others need too, until the signal. */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}
