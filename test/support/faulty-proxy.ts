import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request passes, its answer is lost after the effect, the proxy answers as a gateway does that has no server, or it never answers. */
type Fault = 'none' | 'lost-answer' | 'unavailable' | 'silence';

/** Stands between clients and servers as a load balancer does: each request goes to the next server, and a server that fails gets no other one. It harms the requests that a test wants harmed. */
export class FaultyProxy {
  /** The requests as `POST /api/v1/…`, in their order, with those that were sent again. */
  readonly seen: string[] = [];
  /** The seconds in `Retry-After` of a gateway without a server. */
  retryAfter = 0;
  #fault: (request: IncomingMessage) => Fault = () => 'none';
  readonly #listener = createServer((incoming, response) => this.#pass(incoming, response));

  private constructor(private targets: readonly string[]) {}

  static async start(...targets: readonly string[]): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(targets);
    proxy.#listener.listen(0, '127.0.0.1');
    await once(proxy.#listener, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`;
  }

  /** Returns how many requests there were that begin with this method and path. */
  count(route: string): number {
    return this.seen.filter((each) => each.startsWith(route)).length;
  }

  /** Harms this many requests of a kind, and none after them. */
  harm(fault: Fault, times: number, route: string, retryAfter = 0): void {
    let left = times;
    this.retryAfter = retryAfter;
    this.#fault = ({ method, url = '' }) => (`${method} ${url}`.startsWith(route) && (left -= 1) >= 0 ? fault : 'none');
  }

  /** Forgets what was seen, and harms no request. */
  reset(): void {
    this.seen.length = 0;
    this.#fault = () => 'none';
  }

  async close(): Promise<void> {
    this.#listener.close();
    this.#listener.closeAllConnections();
    await once(this.#listener, 'close');
  }

  #pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/', headers } = incoming;
    const target = this.targets[this.seen.push(`${method} ${url}`) % this.targets.length];
    const fault = this.#fault(incoming);
    if (fault === 'unavailable') {
      response.writeHead(503, { 'retry-after': String(this.retryAfter) }).end('<h1>No server is available</h1>');
      return;
    }
    if (fault === 'silence') return;
    const outgoing = request(new URL(url, target), { method, headers, agent: false }, (answer) => {
      if (fault === 'lost-answer') {
        // The answer is sent after the commit: the effect is there, and the client never learns of it.
        answer.resume().on('end', () => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    outgoing.on('error', () => {
      this.targets = this.targets.filter((each) => each !== target || this.targets.length === 1);
      response.destroy();
    });
    incoming.pipe(outgoing);
  }
}
