import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

/** Returns the ids that every log line of the current request carries. */
export type LogContext = () => Readonly<Record<string, string | undefined>>;

/** Names of fields that may contain a secret. */
const secretPaths = ['password', 'newPassword', 'currentPassword', 'token', 'accessToken', 'refreshToken', 'secret', 'authorization', 'cookie', '["x-api-key"]'];

/** Bytes of log lines that are collected before they are written, and the milliseconds after which fewer are written too. */
const [collectedBytes, flushEvery] = [32_768, 250];
/** Bytes of log lines that are kept while they cannot be written. Further lines are lost. */
const keptBytes = 8 * 1024 * 1024;

/** An observer gets each line of the loggers that are created from now on. */
export const logLines: { observer: ((line: string) => void) | undefined } = { observer: undefined };

export interface Loggers {
  readonly logger: Logger;
  /** For the line of each request, whose fields are fixed: it redacts nothing and adds nothing. */
  readonly requests: Logger;
}

/**
 * Creates the JSON loggers of the process. Each line of `logger` has the time, the level, the message and the ids of {@link LogContext}.
 * Bodies and headers are never logged. As a second defense, fields whose names suggest a secret are redacted.
 *
 * Lines are collected and written asynchronously, so that no request waits for the disk or the pipe. The rest is written when the
 * process exits, but a process that is killed loses the lines of the last quarter of a second.
 */
export function createLoggers(level: string, context: LogContext): Loggers {
  const lines = destination();
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label: string) => ({ level: label }) } };
  const redact = { paths: secretPaths.flatMap((path) => [path, path.startsWith('[') ? `*${path}` : `*.${path}`]), censor: '[secret]' };
  return { logger: pino({ ...options, redact, mixin: () => ({ ...context() }) }, lines), requests: pino(options, lines) };
}

/** A full disk loses lines, and neither ends the process, nor takes its memory, nor keeps it from ending: pino would try again without end when the process exits. */
function destination(): ReturnType<typeof pino.destination> {
  const lines = pino.destination({ dest: 1, sync: false, minLength: collectedBytes, maxWrite: 2 * collectedBytes, maxLength: keptBytes, periodicFlush: flushEvery });
  const flush = lines.flushSync.bind(lines);
  let failing = false;
  lines.on('error', () => (failing = true));
  lines.on('write', () => (failing = false));
  lines.flushSync = () => {
    if (!failing) flush();
  };
  const { observer } = logLines;
  if (observer !== undefined) {
    const write = lines.write.bind(lines);
    lines.write = (line: string) => {
      const written = write(line);
      observer(line);
      return written;
    };
  }
  return lines;
}

/** Nest's messages about each module and route at boot are logged at the trace level. */
const bootSources = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Makes Nest and the services log through pino: `logger.log(fields, message)` or `logger.log(message)`. */
export class PinoLoggerService implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const source = rest.at(-1);
    this.#write(typeof source === 'string' && bootSources.has(source) ? 'trace' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  /** Nest calls with (message, ...details, source), the services with (fields, message, source). */
  #write(level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal', message: unknown, rest: unknown[]): void {
    const source = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    const details = source === undefined ? rest : rest.slice(0, -1);
    if (message instanceof Error) return this.pino[level]({ source, err: message });
    if (typeof message === 'object' && message !== null) return this.pino[level]({ source, ...message }, details.map(String).join(' '));
    const stack = details.find((detail) => typeof detail === 'string' && detail.includes('\n    at '));
    this.pino[level]({ source, ...(stack === undefined ? {} : { stack }) }, String(message));
  }
}
