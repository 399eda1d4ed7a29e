import { documentedAnswers } from '../control/documented-answers.js';

/** An answer, read. */
export interface Answer<Body = any> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
  readonly text: string;
}

/** A DTO of `src` as JSON, where times are strings: `Json<MemberDto>`. */
export type Json<Dto> = Dto extends Date ? string : Dto extends object ? { readonly [Key in keyof Dto]: Json<Dto[Key]> } : Dto;

/** `any` unless the caller names the DTO that the route returns: `api.get<MemberPageDto>(…)`. */
type BodyOf<Dto> = 0 extends 1 & Dto ? any : Json<Dto>;

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, instead of as JSON. */
  readonly raw?: string | Buffer<ArrayBuffer>;
  /** Milliseconds after which the request fails; none by default. */
  readonly timeout?: number;
}

/** Thrown for an answer that openapi.json does not describe. */
export class UndocumentedAnswerError extends Error {}

/** Returns the path of a route as a {@link Client} takes it: below /api/v1, or with a second slash, below the root. */
export const targetOf = (route: string): string => (route.startsWith('/api/v1/') ? route.replace('/api/v1', '') : `/${route}`);

/** Speaks HTTP to the server as one user, or as nobody. */
export class Client {
  /** Whether answers are compared with openapi.json. A spec file whose servers have another version sets it to false. */
  static comparesAnswers = true;

  constructor(
    readonly url: string,
    readonly token?: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** The same server, seen with another token. */
  as(token: string | undefined): Client {
    return new Client(this.url, token, this.headers);
  }

  /** The same user with more headers. */
  with(headers: Readonly<Record<string, string>>): Client {
    return new Client(this.url, this.token, { ...this.headers, ...headers });
  }

  /** The same user at another server. */
  on(url: string): Client {
    return new Client(url, this.token, this.headers);
  }

  get<Dto = any>(path: string, options?: RequestOptions): Promise<Answer<BodyOf<Dto>>> {
    return this.request('GET', path, undefined, options);
  }

  post<Dto = any>(path: string, body?: unknown, options?: RequestOptions): Promise<Answer<BodyOf<Dto>>> {
    return this.request('POST', path, body, options);
  }

  put<Dto = any>(path: string, body?: unknown, options?: RequestOptions): Promise<Answer<BodyOf<Dto>>> {
    return this.request('PUT', path, body, options);
  }

  patch<Dto = any>(path: string, body?: unknown, options?: RequestOptions): Promise<Answer<BodyOf<Dto>>> {
    return this.request('PATCH', path, body, options);
  }

  delete(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request('DELETE', path, undefined, options);
  }

  /** `path` is below /api/v1 unless it starts with `//`, which stands for the root of the server. */
  async request(method: string, path: string, body?: unknown, { headers = {}, raw, timeout }: RequestOptions = {}): Promise<Answer> {
    const target = path.startsWith('//') ? `${this.url}${path.slice(1)}` : `${this.url}/api/v1${path}`;
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(target, {
      method,
      redirect: 'manual',
      headers: {
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...this.headers,
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
      ...(timeout === undefined ? {} : { signal: AbortSignal.timeout(timeout) }),
    });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, text, body: parsed(text) };
    const fault = Client.comparesAnswers ? documentedAnswers().faultOf({ ...answer, method, path: new URL(target).pathname }) : undefined;
    if (fault !== undefined) throw new UndocumentedAnswerError(`${method} ${path} answered ${answer.status} ${text.slice(0, 2000)}\nThis is not what openapi.json says: ${fault}.`);
    return answer;
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
