import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from './eventually.js';

/** A request that the sink has received. */
export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: { readonly id: string; readonly type: string; readonly sequence: number; readonly organizationId: string; readonly data: Readonly<Record<string, unknown>> };
  /** The requests to the path that were unanswered when it arrived, with itself. */
  readonly open: number;
}

/** How a path answers a request. One that calls nothing is silent. */
export type SinkAnswer = (answer: ServerResponse, received: ReceivedWebhook) => void;

const accept: SinkAnswer = (answer) => void answer.writeHead(204).end();
export const answerWith =
  (status: number, body = '', headers: Readonly<Record<string, string>> = {}): SinkAnswer =>
  (answer) =>
    void answer.writeHead(status, headers).end(body);

/** A receiver of webhooks on loopback. Each path has its own behaviour, and accepts everything at first. */
export class WebhookSink {
  readonly received: ReceivedWebhook[] = [];
  readonly #answers = new Map<string, SinkAnswer>();
  readonly #open = new Map<string, number>();
  #paths = 0;

  private constructor(readonly server: Server) {}

  static async open(): Promise<WebhookSink> {
    const server = createServer();
    const sink = new WebhookSink(server);
    server.on('request', (request, answer) => {
      const { url: path = '', headers } = request;
      const parts: Buffer[] = [];
      sink.#open.set(path, (sink.#open.get(path) ?? 0) + 1);
      answer.on('close', () => sink.#open.set(path, (sink.#open.get(path) ?? 1) - 1));
      request.on('data', (part: Buffer) => void parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        const received = { path, headers, body, event: JSON.parse(body) as ReceivedWebhook['event'], open: sink.#open.get(path) ?? 0 };
        sink.received.push(received);
        (sink.#answers.get(path) ?? accept)(answer, received);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return sink;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Returns a new path, which answers so. */
  path(answer: SinkAnswer = accept): string {
    this.#paths += 1;
    const path = `/${this.#paths}`;
    this.#answers.set(path, answer);
    return path;
  }

  urlOf(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Lets a path answer otherwise from now on. */
  change(path: string, answer: SinkAnswer = accept): void {
    this.#answers.set(path, answer);
  }

  at(path: string): ReceivedWebhook[] {
    return this.received.filter((each) => each.path === path);
  }

  /** Waits until a path has received a number of requests. */
  wait(path: string, count: number, patience?: number): Promise<ReceivedWebhook[]> {
    return eventually(
      () => Promise.resolve(this.at(path)),
      (all) => all.length >= count,
      patience,
    );
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
