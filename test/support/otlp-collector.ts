import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';

/** A value of a protobuf message: a number, or the bytes of a text or an inner message. */
type Value = bigint | Buffer;
/** The fields of a protobuf message, by their number. */
type Message = Map<number, Value[]>;

/** Decodes the wire format of Protocol Buffers, without a schema. */
function decode(bytes: Buffer): Message {
  const message: Message = new Map();
  let at = 0;
  const varint = (): bigint => {
    let [value, shift] = [0n, 0n];
    for (;;) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
      shift += 7n;
    }
  };
  const take = (length: number): Buffer => bytes.subarray(at, (at += length));
  while (at < bytes.length) {
    const key = Number(varint());
    const wireType = key & 7;
    const value = wireType === 0 ? varint() : wireType === 1 ? take(8) : wireType === 2 ? take(Number(varint())) : take(4);
    message.set(key >> 3, [...(message.get(key >> 3) ?? []), value]);
  }
  return message;
}

const all = (message: Message, field: number): Message[] => (message.get(field) ?? []).map((value) => decode(value as Buffer));
const text = (message: Message, field: number): string => ((message.get(field)?.[0] as Buffer | undefined) ?? Buffer.alloc(0)).toString('utf8');
const hex = (message: Message, field: number): string => ((message.get(field)?.[0] as Buffer | undefined) ?? Buffer.alloc(0)).toString('hex');
const fixed = (message: Message, field: number): bigint => (message.get(field)?.[0] as Buffer | undefined)?.readBigUInt64LE() ?? 0n;

/** An AnyValue of opentelemetry/proto/common/v1/common.proto. */
function anyValue(message: Message | undefined): unknown {
  if (message === undefined) return undefined;
  if (message.has(1)) return text(message, 1);
  if (message.has(2)) return message.get(2)![0] === 1n;
  if (message.has(3)) return Number(BigInt.asIntN(64, message.get(3)![0] as bigint));
  return message.has(4) ? (message.get(4)![0] as Buffer).readDoubleLE() : undefined;
}

const attributes = (message: Message, field: number): Record<string, unknown> => Object.fromEntries(all(message, field).map((pair) => [text(pair, 1), anyValue(all(pair, 2)[0])]));

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly milliseconds: number;
  readonly attributes: Record<string, unknown>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly traceState: string }[];
  readonly isError: boolean;
  readonly resource: Record<string, unknown>;
}
export interface ReceivedLog {
  readonly severity: string;
  readonly body: unknown;
  readonly attributes: Record<string, unknown>;
  readonly traceId: string;
}
export interface ReceivedMetric {
  readonly name: string;
  readonly unit: string;
  /** Of gauges and sums: the value; of histograms: the count. */
  readonly points: readonly { readonly attributes: Record<string, unknown>; readonly value: number }[];
}

export type CollectorAnswer = (response: ServerResponse) => void;

export const accept: CollectorAnswer = (response) => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();

/** A collector of OpenTelemetry: it decodes what it receives by OTLP (HTTP, protobuf; opentelemetry-proto 1). */
export class OtlpCollector {
  readonly spans: ReceivedSpan[] = [];
  readonly logs: ReceivedLog[] = [];
  /** By name, as received last. */
  readonly metrics = new Map<string, ReceivedMetric>();
  readonly headers: Record<string, unknown>[] = [];
  readonly #server: Server;
  requests = 0;
  answer: CollectorAnswer;

  private constructor(answer: CollectorAnswer) {
    this.answer = answer;
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        this.requests += 1;
        this.headers.push(request.headers);
        const body = Buffer.concat(parts);
        this.#receive(request.url ?? '', request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
        this.answer(response);
      });
    });
  }

  static async open(answer: CollectorAnswer = accept): Promise<OtlpCollector> {
    const collector = new OtlpCollector(answer);
    collector.#server.listen(0, '127.0.0.1');
    await once(collector.#server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Everything that it has received, as one text. */
  get everything(): string {
    return JSON.stringify([this.spans, this.logs, [...this.metrics.values()]]);
  }

  #receive(path: string, body: Buffer): void {
    for (const ofResource of all(decode(body), 1)) {
      const resource = attributes(all(ofResource, 1)[0] ?? new Map(), 1);
      for (const ofScope of all(ofResource, 2)) {
        if (path === '/v1/traces') this.spans.push(...all(ofScope, 2).map((span) => spanOf(span, resource)));
        else if (path === '/v1/logs') this.logs.push(...all(ofScope, 2).map((record) => logOf(record)));
        else if (path === '/v1/metrics') for (const metric of all(ofScope, 2)) this.metrics.set(text(metric, 1), metricOf(metric));
        else throw new Error(`no such path: ${path}`);
      }
    }
  }
}

const spanOf = (span: Message, resource: Record<string, unknown>): ReceivedSpan => ({
  traceId: hex(span, 1),
  spanId: hex(span, 2),
  parentId: hex(span, 4),
  name: text(span, 5),
  kind: Number(span.get(6)?.[0] ?? 0n),
  milliseconds: Number(fixed(span, 8) - fixed(span, 7)) / 1e6,
  attributes: attributes(span, 9),
  links: all(span, 13).map((link) => ({ traceId: hex(link, 1), spanId: hex(link, 2), traceState: text(link, 3) })),
  isError: all(span, 15)[0]?.get(3)?.[0] === 2n,
  resource,
});

const logOf = (record: Message): ReceivedLog => ({
  severity: text(record, 3),
  body: anyValue(all(record, 5)[0]),
  attributes: attributes(record, 6),
  traceId: hex(record, 9),
});

function metricOf(metric: Message): ReceivedMetric {
  const [gauge, sum, histogram] = [5, 7, 9].map((field) => all(metric, field)[0]);
  const number = (point: Message): number => (point.has(4) ? (point.get(4)![0] as Buffer).readDoubleLE() : Number((point.get(6)![0] as Buffer).readBigInt64LE()));
  const points = [gauge, sum].flatMap((data) => (data === undefined ? [] : all(data, 1).map((point) => ({ attributes: attributes(point, 7), value: number(point) }))));
  const counts = histogram === undefined ? [] : all(histogram, 1).map((point) => ({ attributes: attributes(point, 9), value: Number(fixed(point, 4)) }));
  return { name: text(metric, 1), unit: text(metric, 3), points: [...points, ...counts] };
}
