import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Link,
  type Span as OpenTelemetrySpan,
  type Tracer,
} from '@opentelemetry/api';
import type { Span, SpanAttributes, SpanOptions, TraceParent, Tracing } from '../../common/tracing.js';
import { describeStatement } from './statement-summary.js';

const kinds = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER } as const;

/** Returns the kind of an error: its code, such as an SQLSTATE, or its class. */
function errorType(error: unknown): string {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown };
  if (typeof code === 'string' || typeof code === 'number') return String(code);
  return error instanceof Error ? error.constructor.name : typeof error;
}

class StartedSpan implements Span {
  constructor(
    private readonly span: OpenTelemetrySpan,
    private readonly inside: Context,
  ) {}

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
    if ('error.type' in attributes) this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  note(event: string): void {
    this.span.addEvent(event);
  }

  end(error?: unknown): void {
    if (error !== undefined && error !== null) this.set({ 'error.type': errorType(error) });
    this.span.end();
  }

  run<Result>(work: () => Result): Result {
    return context.with(this.inside, work);
  }
}

/** Returns a reference to the trace of a caller, without its `tracestate`: anything may be in that. */
function linksTo(caller: TraceParent | undefined): Link[] {
  const span = caller?.traceparent === undefined ? undefined : trace.getSpanContext(propagation.extract(ROOT_CONTEXT, { traceparent: caller.traceparent }));
  return span === undefined ? [] : [{ context: span }];
}

/** The tracing of the application, by OpenTelemetry. Other code, such as instrumentations, sees its spans as the active ones. */
export class OpenTelemetryTracing implements Tracing {
  /** @param trustsCallers whether the spans of requests continue the traces of their callers */
  constructor(
    private readonly tracer: Tracer,
    private readonly trustsCallers: boolean,
  ) {}

  start(name: string, { kind = 'internal', attributes = {}, parent, caller }: SpanOptions = {}): Span {
    const continued = parent ?? (caller === undefined || this.trustsCallers ? caller : {});
    const outer = continued === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, continued);
    const span = this.tracer.startSpan(name, { kind: kinds[kind], attributes, links: this.trustsCallers ? [] : linksTo(caller) }, outer);
    return new StartedSpan(span, trace.setSpan(outer, span));
  }

  startStatement(text: string): Span | undefined {
    const outer = context.active();
    if (trace.getSpan(outer)?.isRecording() !== true) return undefined;
    const { name, attributes } = describeStatement(text);
    return new StartedSpan(this.tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, outer), outer);
  }

  get carried(): Readonly<Record<string, string>> | undefined {
    const outer = context.active();
    if (trace.getSpan(outer) === undefined) return undefined;
    const carrier: Record<string, string> = {};
    propagation.inject(outer, carrier);
    return carrier;
  }

  get logFields(): Readonly<Record<string, string>> | undefined {
    const span = trace.getActiveSpan()?.spanContext();
    return span === undefined || (span.traceFlags & TraceFlags.SAMPLED) === 0 ? undefined : { trace_id: span.traceId, span_id: span.spanId };
  }
}
