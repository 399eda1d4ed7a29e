import { Client, type Answer, type RequestOptions } from '../client.js';

/** Milliseconds after which a client of the soak gives up: longer than the server may take (docs/reliability.md#limits). */
const patience = 45_000;

/** `undefined` when no answer came: the connection failed, or was lost. */
export type Reply = Answer | undefined;

/** Whether a write was certainly done. */
export const isDone = (reply: Reply): reply is Answer & { readonly status: 200 | 201 | 204 } => reply !== undefined && reply.status < 300;

/** Whether a write may have been done: its answer was lost, or says that the server does not know. */
export const isUnknown = (reply: Reply): boolean => reply === undefined || reply.status >= 500;

/** All answers of a soak, with their times. */
export class Answers {
  readonly #began = performance.now();
  readonly #counts = new Map<string, number>();
  /** In milliseconds since the beginning, as the failures are. */
  readonly #successes: number[] = [];
  readonly #failures: { readonly at: number; readonly outcome: string }[] = [];
  /** Answers that no fault explains. */
  readonly unexpected: string[] = [];
  longest = 0;

  now(): number {
    return performance.now() - this.#began;
  }

  get counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].toSorted(([, a], [, b]) => b - a));
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Sends a request and notes its answer. @param refusals the statuses below 500 with which it may be refused */
  async send(
    client: Client,
    method: string,
    path: string,
    body?: unknown,
    { refusals = [], ...options }: RequestOptions & { readonly refusals?: readonly number[] } = {},
  ): Promise<Reply> {
    const began = this.now();
    const reply = await client.request(method, path, body, { ...options, timeout: patience }).catch((error: unknown) => error as Error);
    const took = this.now() - began;
    this.longest = Math.max(this.longest, took);
    if (reply instanceof Error) {
      const reason = reply.name === 'TimeoutError' ? 'TimeoutError' : ((reply.cause as { code?: string } | undefined)?.code ?? reply.message);
      this.#note(`no answer (${reason})`, false);
      if (reason === 'TimeoutError') this.unexpected.push(`${method} ${path}: no answer for ${Math.round(took)} ms`);
      return undefined;
    }
    const { status, text, headers } = reply;
    const code = status < 400 ? '' : ` ${reply.body?.code}`;
    this.#note(`${status}${code}`, status < 500);
    const isPassing = status === 503 && headers.get('retry-after') !== null;
    if (status >= 400 && !isPassing && !refusals.includes(status))
      this.unexpected.push(`${Math.round(this.now() / 1000)} s: ${method} ${path}: ${status} ${text.replace(/"(type|title|instance)":"[^"]*",/g, '').slice(0, 300)}`);
    return reply;
  }

  /** How the requests fared between two moments, in milliseconds, and how often each failure happened. */
  between(from: number, to: number): { readonly longestGap: number; readonly lastFailure: number; readonly failures: Record<string, number> } {
    const within = [from, ...this.#successes.filter((at) => at > from && at <= to), to];
    const failed = this.#failures.filter(({ at }) => at > from && at <= to);
    const failures: Record<string, number> = {};
    for (const { outcome } of failed) failures[outcome] = (failures[outcome] ?? 0) + 1;
    const gaps = within.slice(1).map((at, index) => at - (within[index] ?? at));
    return { longestGap: gaps.reduce((longest, gap) => Math.max(longest, gap), 0), lastFailure: (failed.at(-1)?.at ?? from) - from, failures };
  }

  #note(outcome: string, success: boolean): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
    if (success) this.#successes.push(this.now());
    else this.#failures.push({ at: this.now(), outcome });
  }
}
