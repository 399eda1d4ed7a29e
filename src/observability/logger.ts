import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

/** Adds the ids of the request that is being served to each line. */
export type LogContext = () => Readonly<Record<string, string | undefined>>;

/** Names under which a secret could stand in something that is logged. */
const secretPaths = ['password', 'newPassword', 'currentPassword', 'token', 'accessToken', 'refreshToken', 'secret', 'authorization', 'cookie', '["x-api-key"]'];

/**
 * The JSON logger of the process: one line an event, with time, level, message and the ids of {@link LogContext}.
 * Bodies and headers are never logged; what looks like a secret is blotted out all the same.
 */
export function createLogger(level: string, context: LogContext): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => ({ ...context() }),
    redact: { paths: secretPaths.flatMap((path) => [path, path.startsWith('[') ? `*${path}` : `*.${path}`]), censor: '[secret]' },
  });
}

/** What Nest tells of each module and route while it starts is for debugging. */
const bootSources = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Lets Nest and our services log through pino: `logger.log(fields, message)` or `logger.log(message)`. */
export class PinoLoggerService implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const source = rest.at(-1);
    this.#write(typeof source === 'string' && bootSources.has(source) ? 'debug' : 'info', message, rest);
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

  /** Nest calls with (message, ...details, source); ours with (fields, message, source). */
  #write(level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal', message: unknown, rest: unknown[]): void {
    const source = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    const details = source === undefined ? rest : rest.slice(0, -1);
    if (message instanceof Error) return this.pino[level]({ source, err: message });
    if (typeof message === 'object' && message !== null) return this.pino[level]({ source, ...message }, details.map(String).join(' '));
    const stack = details.find((detail) => typeof detail === 'string' && detail.includes('\n    at '));
    this.pino[level]({ source, ...(stack === undefined ? {} : { stack }) }, String(message));
  }
}
