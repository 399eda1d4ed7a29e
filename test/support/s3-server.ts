import aws4 from 'aws4';
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request is answered with. */
interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

const xml = (body: string): Answer => ({ status: 200, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>${body}` });
const failure = (status: number, code: string): Answer => ({ ...xml(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`), status });

/**
 * A bucket on loopback that speaks the parts of S3's protocol that we use, and refuses every request whose signature (AWS Signature Version 4) is not the one that
 * `aws4` makes.
 */
export class S3Server {
  static readonly access = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'a secret/of+the bucket', region: 'eu-central-1' };
  readonly objects = new Map<string, { readonly content: Buffer; readonly modifiedAt: Date }>();
  readonly uploads = new Map<string, Map<number, Buffer>>();
  /** Answers of the next requests, which are not carried out. */
  readonly failures: Answer[] = [];
  /** How many of the next uploads are not completed, although the answer has the status 200, as S3's documentation says it can happen. */
  lostCompletions = 0;
  requests = 0;
  /** The bytes of the largest part. */
  largestPart = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<S3Server> {
    const server = createServer();
    const bucket = new S3Server(server);
    server.on('request', (request, response) => {
      void bucket.#answer(request).then(({ status, headers, body }) => response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return bucket;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/bucket`;
  }

  failNext(status: number, times = 1): void {
    for (let time = 0; time < times; time += 1) this.failures.push(failure(status, 'InternalError'));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    this.requests += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (!isSigned(request)) return failure(403, 'SignatureDoesNotMatch');
    const fault = this.failures.shift();
    if (fault !== undefined) return fault;
    const url = new URL(request.url ?? '', this.url);
    const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/');
    if (bucket !== 'bucket') return failure(404, 'NoSuchBucket');
    return this.#carryOut(request, { key: rest.join('/'), query: url.searchParams, body });
  }

  #carryOut({ method, headers }: IncomingMessage, { key, query, body }: { key: string; query: URLSearchParams; body: Buffer }): Answer {
    const uploadId = query.get('uploadId') ?? '';
    if (method === 'POST' && query.has('uploads')) {
      const id = randomUUID();
      this.uploads.set(id, new Map());
      return xml(`<InitiateMultipartUploadResult><Bucket>bucket</Bucket><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (method === 'PUT' && query.has('partNumber')) {
      this.largestPart = Math.max(this.largestPart, body.length);
      this.uploads.get(uploadId)?.set(Number(query.get('partNumber')), body);
      return { status: 200, headers: { etag: `"${createHash('md5').update(body).digest('hex')}"` } };
    }
    if (method === 'POST') return this.#complete(key, uploadId);
    if (method === 'DELETE' && query.has('uploadId')) return this.uploads.delete(uploadId) ? { status: 204 } : failure(404, 'NoSuchUpload');
    if (method === 'DELETE') {
      this.objects.delete(key);
      return { status: 204 };
    }
    return key === '' ? this.#list(query) : this.#get(key, headers.range);
  }

  #complete(key: string, uploadId: string): Answer {
    if (this.lostCompletions > 0) {
      this.lostCompletions -= 1;
      return xml('<Error><Code>InternalError</Code><Message>InternalError</Message></Error>');
    }
    const parts = [...(this.uploads.get(uploadId) ?? new Map<number, Buffer>())].toSorted(([a], [b]) => a - b).map(([, part]) => part);
    // S3 refuses parts under 5 MiB, except for the last one.
    if (parts.slice(0, -1).some((part) => part.length < 5 * 1024 * 1024)) return failure(400, 'EntityTooSmall');
    this.objects.set(key, { content: Buffer.concat(parts), modifiedAt: new Date() });
    this.uploads.delete(uploadId);
    return xml(`<CompleteMultipartUploadResult><Location>/</Location><Bucket>bucket</Bucket><Key>${key}</Key><ETag>"etag"</ETag></CompleteMultipartUploadResult>`);
  }

  #get(key: string, range: string | undefined): Answer {
    const content = this.objects.get(key)?.content;
    if (content === undefined) return failure(404, 'NoSuchKey');
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    const part = from === undefined ? content : content.subarray(Number(from), Number(to) + 1);
    return { status: from === undefined ? 200 : 206, headers: { 'content-length': String(part.length), etag: '"etag"' }, body: part };
  }

  /** Lists two objects at a time, so that a reader has to turn the page. */
  #list(query: URLSearchParams): Answer {
    const [prefix, after] = [query.get('prefix') ?? '', query.get('continuation-token') ?? ''];
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
    const page = keys.slice(0, 2);
    const contents = page.map((key) => {
      const { content, modifiedAt } = this.objects.get(key) ?? { content: Buffer.alloc(0), modifiedAt: new Date(0) };
      return `<Contents><Key>${key}</Key><LastModified>${modifiedAt.toISOString()}</LastModified><ETag>"etag"</ETag><Size>${content.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
    });
    const next = keys.length > page.length ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '<IsTruncated>false</IsTruncated>';
    return xml(`<ListBucketResult><Name>bucket</Name><Prefix>${prefix}</Prefix><KeyCount>${page.length}</KeyCount>${next}${contents.join('')}</ListBucketResult>`);
  }
}

/** Whether the signature of a request is the one of `aws4` for its signed headers. */
function isSigned({ method, url, headers }: IncomingMessage): boolean {
  const signed = /SignedHeaders=([^,]+),/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => signed.includes(name))) return false;
  const { accessKeyId, secretAccessKey, region } = S3Server.access;
  const request = {
    service: 's3',
    region,
    method: method ?? '',
    path: url ?? '',
    headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
    // The types lack it: headers that `aws4` would not sign, such as the range.
    extraHeadersToInclude: Object.fromEntries(signed.map((name) => [name, true])),
  };
  const expected = aws4.sign(request, { accessKeyId, secretAccessKey });
  return expected.headers?.['Authorization'] === headers.authorization;
}
