/** The values of a span. None may be a secret, an address, a body or a value of a statement: they are stored elsewhere, for long. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a trace comes from: headers of W3C Trace Context. */
export interface TraceParent {
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

export interface SpanOptions {
  /** `internal` when left out. */
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes?: SpanAttributes;
  /** The span before it, in this process or another replica; none when it is empty. The current span when left out. */
  readonly parent?: TraceParent | undefined;
  /** The headers of a caller. It continues their trace if callers are trusted; otherwise it begins one, which refers to theirs. */
  readonly caller?: TraceParent | undefined;
}

/** A timed piece of work. */
export interface Span {
  set(attributes: SpanAttributes): void;
  /** Notes that something has happened. */
  note(event: string): void;
  /** @param error why the work has failed; only its kind is recorded, because messages can contain values */
  end(error?: unknown): void;
  /** Runs work whose spans follow this one. */
  run<Result>(work: () => Result): Result;
}

export interface Tracing {
  start(name: string, options?: SpanOptions): Span;
  /** Starts the span of a statement; undefined unless the current work is traced. */
  startStatement(text: string): Span | undefined;
  /** The current span as headers of W3C Trace Context, for a message to other work; undefined without one. */
  readonly carried: Readonly<Record<string, string>> | undefined;
  /** The ids of the current span, for log lines; undefined unless it is traced. */
  readonly logFields: Readonly<Record<string, string>> | undefined;
}

/** The tracing of this process, undefined while traces are off. `observability/telemetry` sets it before the application is created. */
export const tracing: { active: Tracing | undefined } = { active: undefined };

/** Runs work in a span, if traces are on. */
export async function inSpan<Result>(name: string, options: SpanOptions, work: (span: Span | undefined) => PromiseLike<Result> | Result): Promise<Result> {
  const span = tracing.active?.start(name, options);
  if (span === undefined) return work(undefined);
  let failure: unknown;
  try {
    // Awaited inside, because promises of Prisma begin only when they are awaited.
    return await span.run(async () => work(span));
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    span.end(failure);
  }
}

/** Like `fetch`, in a span, which the other server learns of. The path and the query are not recorded: they can contain secrets. */
export function tracedFetch(url: string | URL, init: RequestInit): Promise<Response> {
  const { active } = tracing;
  if (active === undefined) return fetch(url, init);
  const { hostname, port, protocol } = new URL(url);
  const method = init.method ?? 'GET';
  const attributes = { 'http.request.method': method, 'server.address': hostname, 'server.port': Number(port) || (protocol === 'https:' ? 443 : 80) };
  return inSpan(method, { kind: 'client', attributes }, async (span) => {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(active.carried ?? {})) headers.set(name, value);
    const response = await fetch(url, { ...init, headers });
    span?.set({ 'http.response.status_code': response.status, ...(response.status >= 400 ? { 'error.type': String(response.status) } : {}) });
    return response;
  });
}
