import type { Span, Tracing } from '../common/tracing.js';

/** Writes each statement and each named piece of work to a stream, with its duration and without values: `--verbose`. */
export class StatementLog implements Tracing {
  readonly carried = undefined;
  readonly logFields = undefined;

  constructor(private readonly write: (text: string) => void) {}

  start(name: string): Span {
    return this.#timed(name);
  }

  startStatement(text: string): Span {
    return this.#timed(text.replaceAll(/\s+/g, ' ').trim());
  }

  #timed(text: string): Span {
    const began = performance.now();
    return {
      set: () => undefined,
      note: () => undefined,
      end: (error) => this.write(`${(performance.now() - began).toFixed(1).padStart(8)} ms  ${text}${error === undefined ? '' : '  -- failed'}\n`),
      run: (work) => work(),
    };
  }
}
