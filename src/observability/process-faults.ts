import { Logger } from '@nestjs/common';
import { isTransient } from '../common/errors/transient-error.js';

/** Milliseconds for which the process is not ready after a fault. */
const faultyFor = 60_000;

/**
 * The last line of defense: errors that no code has handled. A lost connection ends nothing, because what needed it has failed or tries again. After another
 * rejection the process is not ready for a minute, so that operators notice, and keeps running. Only an exception that left the process in an
 * unknown state ends it.
 */
export class ProcessFaults {
  readonly #logger = new Logger('Process');
  #lastAt = Number.NEGATIVE_INFINITY;

  /** Whether there was a fault within the last minute. */
  get isFaulty(): boolean {
    return performance.now() - this.#lastAt < faultyFor;
  }

  /** @param end ends the process after an exception */
  observe(end: (error: unknown) => void): void {
    process.on('unhandledRejection', (reason) => this.report(reason));
    process.on('uncaughtException', (error) => {
      if (isTransient(error)) this.report(error);
      else end(error);
    });
  }

  report(error: unknown): void {
    if (isTransient(error)) return this.#logger.warn({ err: error }, 'a connection was lost, and nobody handled it');
    this.#lastAt = performance.now();
    this.#logger.error({ err: error }, 'an error was not handled; this process is not ready for a minute');
  }
}

/** Those of this process. */
export const processFaults = new ProcessFaults();
