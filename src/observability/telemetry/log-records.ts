import { context, trace, TraceFlags, type Context } from '@opentelemetry/api';
import { readTime } from '../../common/times.js';
import { SeverityNumber, type Logger } from '@opentelemetry/api-logs';

const severities: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly err?: unknown;
  readonly [field: string]: unknown;
}

/** The names of OpenTelemetry for the parts of a logged error. */
function exceptionOf(err: unknown): Record<string, string> {
  if (typeof err !== 'object' || err === null) return err === undefined ? {} : { 'exception.message': JSON.stringify(err) };
  const { type, message, stack } = err as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { 'exception.type': text(type), 'exception.message': text(message), 'exception.stacktrace': text(stack) };
}

const contextOf = (traceId: string | undefined, spanId: string | undefined): Context =>
  traceId === undefined || spanId === undefined ? context.active() : trace.setSpanContext(context.active(), { traceId, spanId, traceFlags: TraceFlags.SAMPLED });

/** Emits a line of the log as a record. The line is redacted already, so that nothing leaves by OTLP that the log does not show. */
export function emitLine(logger: Logger, text: string): void {
  const { level, time, msg = '', trace_id: traceId, span_id: spanId, err, ...fields } = JSON.parse(text) as Line;
  const attributes = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as string | number | boolean)]),
  );
  logger.emit({
    timestamp: readTime(time),
    severityNumber: severities[level] ?? SeverityNumber.UNSPECIFIED,
    severityText: level,
    body: msg,
    attributes: { ...attributes, ...exceptionOf(err) },
    context: contextOf(traceId, spanId),
  });
}
