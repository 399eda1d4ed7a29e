import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A line of a sink: an event, or an audit event. */
export interface SinkLine {
  readonly kind: 'event' | 'audit';
  readonly id: string;
  readonly sequence: number;
  readonly organizationId: string | null;
  readonly type?: string;
  readonly action?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export const linesOf = (text: string): SinkLine[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SinkLine);

/** A server on loopback that receives NDJSON. */
export class LineSink {
  /** The lines of the requests that were accepted, in their order. */
  readonly lines: SinkLine[] = [];
  /** The requests, also those that were refused. */
  requests = 0;
  headers: IncomingHttpHeaders = {};
  /** The status of the answers; undefined for none. */
  status: number | undefined = 204;

  private constructor(private readonly server: Server) {}

  static async open(): Promise<LineSink> {
    const server = createServer();
    const sink = new LineSink(server);
    server.on('request', (request, answer) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => void parts.push(part));
      request.on('end', () => {
        sink.requests += 1;
        sink.headers = request.headers;
        if (sink.status === undefined) return;
        if (sink.status < 300) sink.lines.push(...linesOf(Buffer.concat(parts).toString()));
        answer.writeHead(sink.status).end();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/events`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
