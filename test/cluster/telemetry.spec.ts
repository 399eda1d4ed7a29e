import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Stripe } from 'stripe';
import { Client, type Answer } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { Mailbox } from '../support/mailbox.js';
import { accept, OtlpCollector, type CollectorAnswer, type ReceivedSpan } from '../support/otlp-collector.js';
import { ServerProcess } from '../support/process.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { goodPassword } from '../support/world.js';

const webhookSecret = 'whsec_123456789';
const metricsToken = 'a token for metrics only';
/** Prints the loaded packages of OpenTelemetry when the process ends, without its API, which prom-client loads. */
const printLoaded = `data:text/javascript,import { createRequire } from 'node:module'; import { writeSync } from 'node:fs';
const { cache } = createRequire('file:///'); process.on('exit', () => writeSync(1, JSON.stringify({ all: Object.keys(cache).length, loaded: Object.keys(cache).filter((file) => file.includes('@opentelemetry') && !file.includes('@opentelemetry/api/')) }) + String.fromCharCode(10)));`
  .replaceAll('\n', '')
  .replaceAll(' ', '%20');

let database: ScratchDatabase;
let mailbox: Mailbox;
/** What Stripe was sent. It knows no object. */
const calls: IncomingHttpHeaders[] = [];
let stripe: Server;
const [servers, collectors]: [ServerProcess[], OtlpCollector[]] = [[], []];

async function collect(answer?: CollectorAnswer): Promise<OtlpCollector> {
  const collector = await OtlpCollector.open(answer);
  collectors.push(collector);
  return collector;
}

async function start(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const server = await ServerProcess.start({
    NODE_ENV: 'production',
    APP_SECRET: testSecret,
    APP_URL: 'https://app.tenantry.test',
    DATABASE_URL: database.app,
    DATABASE_PLATFORM_URL: database.platform,
    PLATFORM_ADMIN_PASSWORD: goodPassword,
    RATE_LIMITS_ENABLED: 'false',
    SMTP_URL: mailbox.url,
    BILLING_PROVIDER: 'stripe',
    STRIPE_SECRET_KEY: 'sk_test_123456789',
    STRIPE_WEBHOOK_SECRET: webhookSecret,
    STRIPE_API_URL: `http://127.0.0.1:${(stripe.address() as AddressInfo).port}`,
    ...env,
  });
  servers.push(server);
  return server;
}

const sendsTo = (url: string): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_BSP_SCHEDULE_DELAY: '100',
  OTEL_BLRP_SCHEDULE_DELAY: '100',
  OTEL_METRIC_EXPORT_INTERVAL: '500',
  TRUST_TRACEPARENT: 'true',
});

const person = () => ({ email: `olive-${randomBytes(4).toString('hex')}@example.com`, password: goodPassword, name: 'Olive Oyl', organization: { name: 'Spinach Limited' } });
const signUp = (server: ServerProcess, headers: Record<string, string> = {}, who = person()): Promise<Answer> => new Client(server.url).post('/auth/signup', who, { headers });

/** The counts of what was sent and lost, by signal and reason. */
async function telemetryOf(server: ServerProcess): Promise<Map<string, number>> {
  const { text } = await new Client(server.url, metricsToken).get('//metrics');
  return new Map(
    [...text.matchAll(/^tenantry_telemetry_(sent|lost)_total\{signal="(\w+)"(?:,reason="(\w+)")?\} (\d+)$/gm)].map(([, what, signal, reason, count]) => [
      [what, signal, reason].filter((part) => part !== undefined).join(' '),
      Number(count),
    ]),
  );
}

/** A trace that begins at the caller. */
function callerTrace(flags = '01'): { readonly traceId: string; readonly spanId: string; readonly headers: Record<string, string> } {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-${flags}` } };
}

const ofTrace = (collector: OtlpCollector, traceId: string): ReceivedSpan[] => collector.spans.filter((span) => span.traceId === traceId);
const waitForSpan = async (collector: OtlpCollector, traceId: string, name: string): Promise<ReceivedSpan> => {
  const spans = await eventually(
    async () => ofTrace(collector, traceId),
    (found) => found.some((span) => span.name === name),
  );
  const span = spans.find((each) => each.name === name);
  if (span === undefined) throw new Error(`no span "${name}" among: ${spans.map((each) => each.name).join(', ')}`);
  return span;
};

beforeAll(async () => {
  [database, mailbox] = [await scratchDatabase(), await Mailbox.open()];
  stripe = createServer((request, response) => {
    calls.push(request.headers);
    response
      .writeHead(404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: { type: 'invalid_request_error', code: 'resource_missing', message: 'No such object' } }));
  });
  stripe.listen(0, '127.0.0.1');
  await once(stripe, 'listening');
}, 60_000);
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.end('SIGKILL')));
  await Promise.all(collectors.splice(0).map((collector) => collector.close()));
});
afterAll(async () => {
  stripe.closeAllConnections();
  stripe.close();
  await mailbox.close();
});

describe('telemetry that is off', () => {
  const loadedBy = async (env: Record<string, string>): Promise<{ readonly all: number; readonly loaded: readonly string[] }> => {
    const server = await start({ ...env, NODE_OPTIONS: `--import="${printLoaded}"` });
    expect((await signUp(server)).status).toBe(201);
    expect(await server.end('SIGTERM')).toBe(0);
    return server.log.find((line) => 'loaded' in line) as { all: number; loaded: string[] } & Record<string, unknown>;
  };

  it.each([{}, { OTEL_SERVICE_NAME: 'shop', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }])(
    'without a collector, the server loads nothing of OpenTelemetry (%j)',
    async (env) => {
      const { all, loaded } = await loadedBy(env);
      expect(all).toBeGreaterThan(100);
      expect(loaded).toEqual([]);
    },
    60_000,
  );

  it('OTEL_SDK_DISABLED switches it off, and the packages are loaded otherwise', async () => {
    const collector = await collect();
    expect((await loadedBy({ ...sendsTo(collector.url), OTEL_SDK_DISABLED: 'true' })).loaded).toEqual([]);
    expect(collector.requests).toBe(0);
    expect((await loadedBy(sendsTo(collector.url))).loaded.length).toBeGreaterThan(50);
  }, 60_000);

  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf'],
    ['OTEL_EXPORTER_OTLP_LOGS_PROTOCOL', 'grpc', 'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL must be http/protobuf'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '-1', 'OTEL_BSP_MAX_QUEUE_SIZE must not be less than 1'],
    ['OTEL_BLRP_MAX_EXPORT_BATCH_SIZE', '0', 'OTEL_BLRP_MAX_EXPORT_BATCH_SIZE must not be less than 1'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', 'long', 'OTEL_EXPORTER_OTLP_TIMEOUT must be an integer'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote', 'OTEL_TRACES_SAMPLER must be one of'],
  ])(
    '%s=%s stops the start with the reason',
    async (name, value, reason) => {
      const server = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317', [name]: value });
      expect(server.exitCode).toBe(1);
      expect(server.output).toContain(reason);
    },
    60_000,
  );

  it('what the packages of OpenTelemetry warn of at the start is a line of the log', async () => {
    const server = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://127.0.0.1:4317', OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere.pem' });
    const said = (): Record<string, unknown>[] => server.log.filter(({ msg }) => msg === 'OpenTelemetry has warned during the start');
    expect(
      (
        await eventually(
          async () => said(),
          (lines) => lines.length > 0,
        )
      ).some(({ level, problem }) => level === 'warn' && /certificate/i.test(String(problem))),
    ).toBe(true);
    expect(server.output.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
  }, 60_000);
});

describe('a server with a collector', () => {
  it('one trace has the request of a caller, its statements, and the mail that it causes', async () => {
    const collector = await collect();
    const server = await start({
      ...sendsTo(collector.url),
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=k1',
    });
    const [caller, who] = [callerTrace(), person()];
    const { status, body } = await signUp(server, caller.headers, who);
    expect(status).toBe(201);
    const mail = await waitForSpan(collector, caller.traceId, 'send mail');
    const request = await waitForSpan(collector, caller.traceId, 'POST /api/v1/auth/signup');
    expect(request).toMatchObject({
      parentId: caller.spanId,
      kind: 2,
      isError: false,
      attributes: { 'http.request.method': 'POST', 'http.route': '/api/v1/auth/signup', 'http.response.status_code': 201, 'url.scheme': 'http' },
      resource: { 'service.name': 'shop', 'deployment.environment.name': 'test', 'process.runtime.version': process.versions.node },
    });
    const statements = ofTrace(collector, caller.traceId).filter(({ attributes }) => 'db.query.text' in attributes);
    expect(statements.length).toBeGreaterThan(2);
    // Prisma runs some of them.
    const parents = ofTrace(collector, caller.traceId).filter(
      ({ spanId, parentId, name }) => spanId === request.spanId || (parentId === request.spanId && name.startsWith('prisma ')),
    );
    expect(statements.filter(({ parentId }) => !parents.some(({ spanId }) => spanId === parentId))).toEqual([]);
    expect(statements.some(({ parentId }) => parentId === request.spanId)).toBe(true);
    expect(statements.map(({ name }) => name)).toContain('INSERT users');
    expect(statements.find(({ name }) => name === 'INSERT users')).toMatchObject({
      kind: 3,
      attributes: { 'db.system.name': 'postgresql', 'db.operation.name': 'INSERT', 'db.collection.name': 'users' },
    });
    // Each takes its time within the request.
    expect(Math.max(...statements.map(({ milliseconds }) => milliseconds))).toBeLessThan(request.milliseconds);
    expect(mail).toMatchObject({ kind: 3, attributes: { 'tenantry.mail.template': 'verify-email', 'tenantry.mail.attempt': 1 } });
    expect([request.spanId, ...ofTrace(collector, caller.traceId).map(({ spanId }) => spanId)]).toContain(mail.parentId);
    expect(collector.headers[0]).toMatchObject({ 'api-key': 'k1', 'content-type': 'application/x-protobuf' });

    // A request of the signed-in owner names the organization.
    const again = callerTrace();
    expect((await new Client(server.url, body.accessToken).get('/organizations/current', { headers: again.headers })).status).toBe(200);
    expect((await waitForSpan(collector, again.traceId, 'GET /api/v1/organizations/current')).attributes['tenantry.organization.id']).toBe(body.organization.id);

    // Nothing that is secret or personal leaves.
    expect(
      await eventually(
        async () => collector.metrics.size,
        (size) => size > 0,
      ),
    ).toBeGreaterThan(0);
    for (const secret of [who.email, who.password, body.accessToken, body.refreshToken, who.organization.name, who.name, 'sk_test_123456789', webhookSecret, testSecret])
      expect(collector.everything).not.toContain(secret);
  }, 60_000);

  it('one trace has a webhook of Stripe, the job of the queue, and the call of Stripe, which learns of the trace', async () => {
    const collector = await collect();
    const server = await start(sendsTo(collector.url));
    const caller = callerTrace();
    const payload = JSON.stringify({
      id: `evt_${randomBytes(4).toString('hex')}`,
      object: 'event',
      type: 'customer.subscription.updated',
      data: { object: { id: 'sub_1', object: 'subscription' } },
    });
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret });
    const answer = await new Client(server.url).post('/billing/webhooks/stripe', undefined, { raw: payload, headers: { ...caller.headers, 'stripe-signature': signature } });
    expect(answer.status).toBeLessThan(300);
    const job = await waitForSpan(collector, caller.traceId, 'process provider_events');
    const sent = await waitForSpan(collector, caller.traceId, 'send provider_events');
    const request = await waitForSpan(collector, caller.traceId, 'POST /api/v1/billing/webhooks/stripe');
    const call = await waitForSpan(collector, caller.traceId, 'GET');
    expect(job).toMatchObject({ kind: 5, parentId: sent.spanId, attributes: { 'messaging.system': 'pgboss', 'messaging.destination.name': 'provider_events' } });
    expect(sent).toMatchObject({ kind: 4, parentId: request.spanId });
    expect(call).toMatchObject({
      kind: 3,
      parentId: job.spanId,
      isError: true,
      attributes: { 'server.address': '127.0.0.1', 'http.response.status_code': 404, 'error.type': '404' },
    });
    expect(ofTrace(collector, caller.traceId).some(({ parentId, attributes }) => parentId === job.spanId && 'db.query.text' in attributes)).toBe(true);
    expect(calls.map(({ traceparent }) => traceparent)).toContain(`00-${caller.traceId}-${call.spanId}-01`);
  }, 60_000);

  it('a scheduled job is a trace of its own, and an operation that Prisma runs is the parent of its statements', async () => {
    const collector = await collect();
    // So that the jobs of the present periods are done again.
    const look = new pg.Client({ connectionString: database.platform });
    await look.connect();
    await look.query('delete from job_runs');
    await look.end();
    await start(sendsTo(collector.url));
    // Those of the start are in no job.
    const isOperation = ({ name, parentId }: { readonly name: string; readonly parentId: string }): boolean => name.startsWith('prisma ') && parentId !== '';
    const spans = await eventually(
      async () => collector.spans,
      (found) => found.some(({ name }) => name.startsWith('job ')) && found.some(isOperation),
    );
    const job = spans.find(({ name }) => name.startsWith('job '));
    expect(job).toMatchObject({ kind: 1, parentId: '', isError: false, attributes: { 'tenantry.job.name': job!.name.slice(4) } });
    const operation = spans.find(isOperation);
    expect(spans.filter(({ parentId, attributes }) => parentId === operation?.spanId && 'db.query.text' in attributes).length).toBeGreaterThan(0);
  }, 60_000);

  it('lines of the log have the trace, and arrive with it', async () => {
    const collector = await collect();
    const server = await start(sendsTo(collector.url));
    const caller = callerTrace();
    await signUp(server, caller.headers);
    const ofRequest = (): boolean => collector.logs.some(({ body, traceId }) => body === 'request' && traceId === caller.traceId);
    expect(
      await eventually(
        async () => ofRequest(),
        (found) => found,
      ),
    ).toBe(true);
    const line = await eventually(
      async () => server.log.find(({ msg, trace_id: traceId }) => msg === 'request' && traceId === caller.traceId),
      (found) => found !== undefined,
    );
    expect(line).toBeDefined();
    const record = collector.logs.find(({ traceId }) => traceId === caller.traceId);
    expect(record).toMatchObject({ severity: 'info', attributes: { requestId: line?.['requestId'], route: '/api/v1/auth/signup', status: 201 } });
  }, 60_000);

  it('metrics arrive under the names of docs/monitoring.md, and that of requests by the conventions of OpenTelemetry', async () => {
    const collector = await collect();
    const server = await start(sendsTo(collector.url));
    await signUp(server);
    const signUps = (): number | undefined =>
      collector.metrics.get('http.server.request.duration')?.points.find(({ attributes }) => attributes['http.route'] === '/api/v1/auth/signup')?.value;
    expect(
      await eventually(
        async () => signUps(),
        (count) => count !== undefined,
      ),
    ).toBe(1);
    expect(collector.metrics.get('http.server.request.duration')?.unit).toBe('s');
    expect(collector.metrics.get('tenantry_database_statement_duration_seconds')?.points[0]?.value).toBeGreaterThan(0);
    expect(collector.metrics.get('tenantry_database_connections')?.points.map(({ attributes }) => attributes['pool'])).toContain('tenants');
    expect(collector.metrics.get('tenantry_database_errors_total')?.points.length).toBeGreaterThan(10);
  }, 60_000);

  it('the caller and the sampler decide which requests are traced; probes never are', async () => {
    const collector = await collect();
    // Mails and jobs that the servers of other tests have not finished carry traces.
    const { app, platform } = await scratchDatabase();
    const sampler = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    const server = await start({ ...sendsTo(collector.url), ...sampler, DATABASE_URL: app, DATABASE_PLATFORM_URL: platform });
    const [refused, wanted] = [callerTrace('00'), callerTrace('01')];
    await signUp(server, refused.headers);
    await signUp(server, { traceparent: 'not a trace' });
    await signUp(server, wanted.headers);
    await new Client(server.url).get('//health/ready', { headers: callerTrace().headers });
    await waitForSpan(collector, wanted.traceId, 'send mail');
    expect(collector.spans.filter(({ traceId }) => traceId !== wanted.traceId).map(({ name }) => name)).toEqual([]);
    const requests = await eventually(
      async () => server.log.filter(({ msg }) => msg === 'request'),
      (found) => found.length >= 4,
    );
    expect(requests.filter(({ trace_id: traceId }) => traceId !== undefined)).toHaveLength(1);
  }, 60_000);

  it('strangers decide neither whether a request is traced nor its trace, which refers to theirs', async () => {
    const collector = await collect();
    const { app, platform } = await scratchDatabase();
    const untrusting = { ...sendsTo(collector.url), TRUST_TRACEPARENT: 'false', DATABASE_URL: app, DATABASE_PLATFORM_URL: platform };
    const server = await start(untrusting);
    const [wanted, refused] = [callerTrace('01'), callerTrace('00')];
    await signUp(server, { ...wanted.headers, tracestate: 'vendor=olive@example.com' });
    await signUp(server, refused.headers);
    const requests = await eventually(
      async () => collector.spans.filter(({ name }) => name === 'POST /api/v1/auth/signup'),
      (found) => found.length === 2,
    );
    expect(requests.map(({ parentId, links }) => ({ parentId, links }))).toEqual(
      [wanted, refused].map(({ traceId, spanId }) => ({ parentId: '', links: [{ traceId, spanId, traceState: '' }] })),
    );
    expect(collector.spans.filter(({ traceId }) => [wanted.traceId, refused.traceId].includes(traceId))).toEqual([]);
    // The mail continues the trace of its request.
    await waitForSpan(collector, requests[0]!.traceId, 'send mail');
    expect(await server.end('SIGTERM')).toBe(0);

    // Mails of the other database carry the traces of their requests.
    const [few, other] = [await collect(), await scratchDatabase()];
    const none = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    const sampling = await start({ ...sendsTo(few.url), ...none, TRUST_TRACEPARENT: 'false', DATABASE_URL: other.app, DATABASE_PLATFORM_URL: other.platform });
    for (let count = 0; count < 5; count += 1) await signUp(sampling, callerTrace('01').headers);
    expect(await sampling.end('SIGTERM')).toBe(0);
    expect(few.logs.filter(({ body }) => body === 'request')).toHaveLength(5);
    expect(few.spans.map(({ name }) => name)).toEqual([]);
  }, 60_000);

  it('a request whose client goes away is traced to the end of its work, and has a line and a metric', async () => {
    const collector = await collect();
    const server = await start(sendsTo(collector.url));
    const body = JSON.stringify({ email: 'ann@example.com', password: goodPassword });
    const send = async (length: number, headers: Record<string, string>, pause: number): Promise<void> => {
      const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
      const lines = Object.entries({ host: 'app.tenantry.test', 'content-type': 'application/json', 'content-length': String(length), ...headers });
      socket.write(`POST /api/v1/auth/login HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
      await sleep(pause);
      socket.resetAndDestroy();
    };
    const callers = [callerTrace(), callerTrace(), callerTrace()] as const;
    await send(body.length, callers[0].headers, 0);
    await send(body.length, callers[1].headers, 10);
    // Half of a body.
    await send(body.length * 2, callers[2].headers, 50);
    for (const { traceId } of callers.slice(1)) {
      const request = await waitForSpan(collector, traceId, 'POST /api/v1/auth/login');
      expect(request.attributes['http.response.status_code']).toBe(499);
      expect(
        await eventually(
          async () => server.log.filter(({ msg, trace_id: id }) => msg === 'request' && id === traceId),
          (lines) => lines.length > 0,
        ),
      ).toMatchObject([{ status: 499 }]);
    }
    expect(ofTrace(collector, callers[1].traceId).some(({ attributes }) => 'db.query.text' in attributes)).toBe(true);
    const counted = async (): Promise<number> =>
      collector.metrics.get('http.server.request.duration')?.points.find(({ attributes }) => attributes['http.response.status_code'] === 499)?.value ?? 0;
    expect(await eventually(counted, (count) => count >= 2)).toBeGreaterThanOrEqual(2);
    expect(server.log.filter(({ code }) => code === 'internal_error')).toEqual([]);
    expect(server.hasEnded).toBe(false);
  }, 60_000);

  it('what was sent is counted', async () => {
    const collector = await collect();
    const server = await start({ ...sendsTo(collector.url), METRICS_TOKEN: metricsToken });
    await signUp(server);
    await waitForSpan(
      collector,
      (
        await eventually(
          async () => collector.spans,
          (spans) => spans.some(({ name }) => name === 'send mail'),
        )
      ).find(({ name }) => name === 'send mail')!.traceId,
      'send mail',
    );
    const equal = async (): Promise<readonly number[][]> => [
      [collector.spans.length, collector.logs.length],
      [(await telemetryOf(server)).get('sent traces') ?? 0, (await telemetryOf(server)).get('sent logs') ?? 0],
    ];
    const [received, sent] = await eventually(equal, ([one, other]) => one!.join() === other!.join() && one![0]! > 0);
    expect(sent).toEqual(received);
    const sentMetrics = async (): Promise<number> => (await telemetryOf(server)).get('sent metrics') ?? 0;
    expect(await eventually(sentMetrics, (count) => count > 100)).toBeGreaterThan(100);
    expect([...(await telemetryOf(server))].filter(([name, value]) => name.startsWith('lost') && value > 0)).toEqual([]);
  }, 60_000);

  it('what was not sent yet is sent when the server stops', async () => {
    const collector = await collect();
    const late = { OTEL_BSP_SCHEDULE_DELAY: '600000', OTEL_BLRP_SCHEDULE_DELAY: '600000', OTEL_METRIC_EXPORT_INTERVAL: '600000' };
    const server = await start({ ...sendsTo(collector.url), JOBS_ENABLED: 'false', ...late });
    const caller = callerTrace();
    await signUp(server, caller.headers);
    expect(collector.requests).toBe(0);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(ofTrace(collector, caller.traceId).map(({ name }) => name)).toContain('POST /api/v1/auth/signup');
    expect(collector.logs.map(({ traceId }) => traceId)).toContain(caller.traceId);
    expect(collector.metrics.get('http.server.request.duration')?.points.length).toBeGreaterThan(0);
  }, 60_000);
});

describe('a collector that does not work', () => {
  const hang: CollectorAnswer = () => undefined;
  /** One after the other: nothing, garbage, a flood, an answer that never ends, a redirection, and wishes to come back at odd times. */
  const bad: readonly CollectorAnswer[] = [
    (response) => response.destroy(),
    (response) => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(randomBytes(100_000)),
    (response) => response.writeHead(200).end(Buffer.alloc(20 * 1024 * 1024)),
    (response) => {
      response.writeHead(200).write('a');
      const timer = setInterval(() => response.write('a'), 100);
      response.on('close', () => clearInterval(timer));
    },
    (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    (response) => response.writeHead(503, { 'retry-after': '-1' }).end(),
    (response) => response.writeHead(429, { 'retry-after': '99999999999' }).end('<html>'),
    (response) => response.writeHead(500, 'x'.repeat(10_000)).end('y'.repeat(1_000_000)),
    (response) => response.socket?.end('not HTTP\r\n\r\n'),
  ];
  let turn = 0;
  const misbehave: CollectorAnswer = (response) => bad[turn++ % bad.length]!(response);

  /** Whether spans arrive while the collector accepts what it is sent. */
  async function heals(server: ServerProcess, collector: OtlpCollector): Promise<boolean> {
    const [{ answer }, caller] = [collector, callerTrace()];
    collector.answer = accept;
    const arrives = async (): Promise<boolean> => {
      await new Client(server.url).get('/billing/plans', { headers: caller.headers });
      return ofTrace(collector, caller.traceId).length > 0;
    };
    const arrived = await eventually(arrives, (each) => each, 40_000);
    collector.answer = answer;
    return arrived;
  }

  it.each([
    ['is down', undefined],
    ['hangs', hang],
    ['answers badly', misbehave],
  ])(
    'a server whose collector %s starts, answers, counts what it loses and stops in time',
    async (_, answer) => {
      const collector = answer === undefined ? undefined : await collect(answer);
      const url = collector?.url ?? `http://127.0.0.1:${await freePort()}`;
      const small = { OTEL_BSP_MAX_QUEUE_SIZE: '100', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '20', OTEL_EXPORTER_OTLP_TIMEOUT: '2000' };
      const server = await start({ ...sendsTo(url), ...small, METRICS_TOKEN: metricsToken });
      expect((await new Client(server.url).get('//health/ready')).status).toBe(200);
      const durations: number[] = [];
      for (let count = 0; count < 300; count += 1) {
        const began = performance.now();
        expect((await new Client(server.url).get('/billing/plans')).status).toBe(200);
        durations.push(performance.now() - began);
      }
      // A request that waited for the collector would take two seconds.
      expect(durations.toSorted((one, other) => one - other)[150]).toBeLessThan(1000);
      const lost = await eventually(
        () => telemetryOf(server),
        (counts) => counts.get('lost traces not_accepted')! > 0 && counts.get('lost logs not_accepted')! > 0 && counts.get('lost metrics not_accepted')! > 0,
        60_000,
      );
      for (const signal of ['traces', 'logs', 'metrics']) expect(lost.get(`lost ${signal} not_accepted`)).toBeGreaterThan(0);
      expect(answer === misbehave || lost.get('lost traces queue_full')! > 0).toBe(true);
      // One line says so, not one for each attempt.
      const said = server.log.filter(({ msg }) => msg === 'telemetry is not accepted; what does not fit into the queue is dropped');
      expect(said).toHaveLength(1);
      // It belongs to no request, although a request may have begun the batch.
      expect(said.filter((line) => 'requestId' in line || 'trace_id' in line)).toEqual([]);
      expect(collector === undefined || (await heals(server, collector))).toBe(true);
      const began = performance.now();
      expect(await server.end('SIGTERM')).toBe(0);
      expect(performance.now() - began).toBeLessThan(20_000);
    },
    180_000,
  );

  it('one signal that is refused does not keep the others from being sent when the server stops', async () => {
    const [refusing, collector] = [await collect((response) => response.writeHead(400).end()), await collect((response) => void setTimeout(() => accept(response), 500))];
    const late = { OTEL_BSP_SCHEDULE_DELAY: '600000', OTEL_BLRP_SCHEDULE_DELAY: '600000', OTEL_METRIC_EXPORT_INTERVAL: '600000' };
    const server = await start({
      ...sendsTo(collector.url),
      ...late,
      OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '1',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${refusing.url}/v1/traces`,
      JOBS_ENABLED: 'false',
    });
    await Promise.all([signUp(server), signUp(server), signUp(server)]);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(collector.logs.filter(({ body }) => body === 'request')).toHaveLength(3);
  }, 60_000);
});
