import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../common/clock.js';
import { signedHeaders } from './webhook-keys.js';

/** Milliseconds between two looks at the log. */
const pollInterval = 1000;
/** Milliseconds for a request to the server, and for one to the local URL. */
const requestTimeout = 15_000;
/** The first step with which the end of the log is searched. */
const firstStep = 1024;

/** An event as the server lists it. Its JSON text is the body of the requests of webhooks. */
export interface ListedEvent {
  readonly id: string;
  readonly type: string;
  readonly sequence: number;
}

interface EventPage {
  readonly data: readonly ListedEvent[];
  readonly nextCursor: string | null;
  readonly position: number;
}

export interface ListenOptions {
  /** The URL of the server, without `/api/v1`. */
  readonly server: string;
  /** An API key with the permission `events:read`. */
  readonly key: string;
  /** The URL to which events are sent. */
  readonly forwardTo: string;
  /** `whsec_…`: signs the requests. */
  readonly secret: string;
  /** The types that are sent, `member.*` for all of an object; all of them if empty. */
  readonly types: readonly string[];
}

/** The result of a request: the status of the answer, or why there is none. */
export interface Forwarded {
  readonly event: ListedEvent;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly milliseconds: number;
}

/** Reports what a listener does. */
export interface ListenReport {
  /** The listener waits for events after this position of the log. */
  started(position: number): void;
  forwarded(result: Forwarded): void;
  /** Something that the listener overcomes, in a sentence. */
  warned(message: string): void;
}

/** Thrown when the server refuses the key. */
export class ListenRefusedError extends Error {}

/** Forwards the events of an organization to a local URL, signed as a webhook of the server signs them: from its log, so the URL needs no public address. */
export class WebhookListener {
  constructor(
    private readonly options: ListenOptions,
    private readonly report: ListenReport,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Forwards each event from now on once, until the signal is aborted. @throws {ListenRefusedError} */
  async listen(signal: AbortSignal): Promise<void> {
    let position = await this.#findEnd();
    this.report.started(position);
    let [unreachable, more] = [false, false];
    while (!signal.aborted) {
      if (!more) await pause(pollInterval, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const page = await this.#read(position, 100);
        if (page === undefined) {
          this.report.warned('The log has lost events. Continuing at its end.');
          position = await this.#findEnd();
          continue;
        }
        for (const event of page.data) if (this.#wants(event) && !signal.aborted) this.report.forwarded(await this.#forward(event));
        [position, more, unreachable] = [page.position, page.nextCursor !== null, false];
      } catch (error) {
        if (error instanceof ListenRefusedError) throw error;
        more = false;
        if (!unreachable) this.report.warned(`The server does not answer: ${reasonOf(error)}. Trying again.`);
        unreachable = true;
      }
    }
  }

  /** Returns the last position of the log, in few requests also for a long log: a later position is answered with 410. */
  async #findEnd(): Promise<number> {
    const first = await this.#read(0, 1);
    let [position, more, step] = [first?.position ?? 0, first?.nextCursor != null, firstStep];
    while (more && step >= 1) {
      const page = await this.#read(position + step, 1);
      if (page === undefined) step = Math.floor(step / 2);
      else [position, more, step] = [page.position, page.nextCursor !== null, step * 2];
    }
    return position;
  }

  /** @returns undefined when the log does not have the position */
  async #read(after: number, limit: number): Promise<EventPage | undefined> {
    const url = `${this.options.server.replace(/\/$/, '')}/api/v1/events?after=${after}&limit=${limit}`;
    const answer = await fetch(url, { headers: { 'x-api-key': this.options.key }, redirect: 'error', signal: AbortSignal.timeout(requestTimeout) });
    if (answer.ok) return (await answer.json()) as EventPage;
    const { detail = '' } = (await answer.json().catch(() => ({}))) as { readonly detail?: string };
    if (answer.status === 410) return undefined;
    if (answer.status === 429 || answer.status >= 500) throw new Error(`it answered ${answer.status}`);
    throw new ListenRefusedError(`The server answered ${answer.status}. ${detail}`.trim());
  }

  #wants({ type }: ListedEvent): boolean {
    const { types } = this.options;
    return types.length === 0 || types.some((each) => each === '*' || each === type || (each.endsWith('.*') && type.startsWith(each.slice(0, -1))));
  }

  async #forward(event: ListedEvent): Promise<Forwarded> {
    const body = JSON.stringify(event);
    const began = performance.now();
    const ended = (result: Pick<Forwarded, 'status' | 'reason'>): Forwarded => ({ event, ...result, milliseconds: Math.round(performance.now() - began) });
    try {
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'tenantry',
        ...signedHeaders([this.options.secret], { id: event.id, timestamp: this.clock.now(), body }),
      };
      const answer = await fetch(this.options.forwardTo, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(requestTimeout) });
      await answer.body?.cancel();
      return ended({ status: answer.status, reason: undefined });
    } catch (error) {
      return ended({ status: undefined, reason: reasonOf(error) });
    }
  }
}

/** `fetch` hides the reason in the cause of its error. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  const told = cause instanceof Error ? cause : error;
  const code = (told as NodeJS.ErrnoException).code;
  return code === undefined ? String(told instanceof Error ? told.message : told) : code;
}
