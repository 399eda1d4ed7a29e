import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import net from 'node:net';
import { frontEndPages } from '../../src/config/front-end-pages.js';
import { changedToken } from '../support/changed-token.js';
import { newCast } from '../support/conformance/cast.js';
import { operations, resolve as resolved, type DocumentedOperation } from '../support/conformance/document.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { goodPassword, type Person } from '../support/world.js';

let server: TestServer;
let a: Person;
beforeAll(async () => {
  server = await startTestServer();
  a = await server.world.owner();
});
afterAll(() => server.close());

/** Sends a request line unchanged, without a library that normalizes it. */
async function rawStatus(line: string, headers = ''): Promise<string> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), '127.0.0.1', () => socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => resolve(answer.split(' ')[1] ?? ''));
    socket.on('error', reject);
  });
}

describe('a problem document', () => {
  it('a problem document has a code, a remedy, the path and the request id', async () => {
    const { status, headers, body } = await server.api.get('/organizations', { headers: { 'x-request-id': 'my-request-0001' } });
    expect(status).toBe(401);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(headers.get('x-request-id')).toBe('my-request-0001');
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(body).toEqual({
      type: expect.stringMatching(/authentication_required$/),
      title: 'Unauthenticated',
      status: 401,
      detail: expect.any(String),
      instance: '/api/v1/organizations',
      code: 'authentication_required',
      requestId: 'my-request-0001',
    });
  });

  it('a problem document lists every invalid field', async () => {
    const { status, body } = await server.api.post('/auth/signup', { email: 'nonsense', password: 12, organization: { name: '' }, extra: true });
    expect(status).toBe(400);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(expect.arrayContaining(['/email', '/password', '/name', '/organization/name', '/extra']));
  });

  it('a missing field has one error, whatever else it would have to be', async () => {
    const { body } = await server.api.post('/auth/signup', { password: goodPassword, name: 'Ada', organization: {} });
    expect(body.errors).toEqual([
      { pointer: '/email', code: 'required', message: 'email is required' },
      { pointer: '/organization/name', code: 'required', message: 'name is required' },
    ]);
    expect((await server.api.post('/auth/login', { email: null, password: '' })).body.errors.map(({ code }: { code: string }) => code)).not.toContain('required');
  });

  it.each([
    ['PUT', '//api/v1/organizations', 'GET, HEAD, OPTIONS, POST'],
    ['DELETE', '//health/ready', 'GET, HEAD, OPTIONS'],
    ['POST', '//api/v1/organizations/0192b8a0-4d3c-7a10-9b5e-2f6f0d1c7e55/members/x?y=z', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
  ])('%s of %s is answered with the methods of the path', async (method, path, allow) => {
    const answer = await server.api.request(method, path);
    expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect(answer.headers.get('allow')).toBe(allow);
    const options = await server.api.request('OPTIONS', path);
    expect({ status: options.status, allow: options.headers.get('allow') }).toEqual({ status: 204, allow });
  });

  it.each(['/organizations//members', '/organizations/a/b/c/d', '/nothing'])('%s is no path, with any method', async (path) => {
    const answer = await server.api.request('PUT', path, {});
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(answer.headers.has('allow')).toBe(false);
  });

  it.each([
    ['a route that is not there', 'GET', '/nothing', undefined, 404],
    ['a method that is not there', 'PUT', '/organizations', '{}', 405],
    ['a body that is no JSON', 'POST', '/auth/login', '{"email":', 400],
    ['a body that is a list', 'POST', '/auth/login', '[]', 400],
    ['a body that is a text', 'POST', '/auth/login', '"x"', 400],
    ['no body', 'POST', '/auth/login', '', 400],
    ['a key given twice', 'POST', '/auth/login', '{"email":"a@b.co","password":"x","password":"y"}', 400],
    ['__proto__', 'POST', '/auth/login', '{"email":"a@b.co","password":"x","__proto__":{"role":"owner"}}', 400],
    ['constructor', 'POST', '/auth/login', '{"email":"a@b.co","password":"x","constructor":{"prototype":{}}}', 400],
    ['a list for a text', 'POST', '/auth/login', '{"email":["a@b.co"],"password":"x"}', 400],
    ['an object for a text', 'POST', '/auth/login', '{"email":{"$ne":null},"password":"x"}', 400],
    ['a depth bomb', 'POST', '/auth/login', `{"email":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400],
    ['a body over 1 MiB', 'POST', '/auth/login', `{"email":"${'x'.repeat(1_100_000)}"}`, 413],
    ['a NUL in a text', 'POST', '/auth/signup', '{"email":"a@b.co","password":"correct horse battery","name":"A\\u0000","organization":{"name":"x"}}', 400],
  ])('a problem document answers %s', async (_, method, path, raw, expected) => {
    const answer = await server.api.request(method, path, undefined, raw === undefined ? {} : { raw });
    expect(answer.status).toBe(expected);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body.status).toBe(expected);
  });

  it('other media types are refused with 415', async () => {
    const answer = await server.api.post('/auth/login', undefined, { raw: '<xml/>', headers: { 'content-type': 'application/xml' } });
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  it('a path with an invalid UUID is answered with a problem document', async () => {
    for (const id of ['1', 'null', "'%20or%201=1--", '%00', `${a.organizationId}x`]) {
      expect((await a.api.get(`${a.home}/teams/${id}`)).status).toBe(400);
    }
  });

  it('a problem document does not reveal tables, constraints or other tenants', async () => {
    const answers = [
      await a.api.post(`${a.home}/teams`, { name: 'x', roles: ['no_such_role'] }),
      await a.api.get(`${a.home}/teams?sort=passwordHash`),
      await a.api.get(`${a.home}/teams?cursor=abc`),
      await a.api.get(`${a.home}/members?include=organization.members`),
    ];
    for (const { status, text } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(text).not.toMatch(/prisma|constraint|postgres|select |organization_id|fkey/i);
    }
  });
});

describe('the bytes and numbers of a body', () => {
  const custom = '/tenant/custom-settings';
  const patch = (raw: string | Buffer<ArrayBuffer>): ReturnType<typeof a.api.patch> => a.api.patch(custom, undefined, { raw, headers: { 'content-type': 'application/json' } });

  it.each([
    ['Latin-1', Buffer.from('{"name":"Zo\xeb"}', 'latin1')],
    ['a character that ends early', Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xe2, 0x82]), Buffer.from('"}')])],
    ['an overlong character', Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')])],
    ['half a surrogate pair', Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')])],
  ])('a body that is not UTF-8 is refused instead of stored with replacement characters: %s', async (_, raw) => {
    expect(await patch(raw)).toMatchObject({ status: 400, body: { code: 'invalid_utf8' } });
  });

  it('a body that is not UTF-8 is refused, also as CloudEvents and on a route for raw bodies', async () => {
    const raw = Buffer.from('{"name":"Zo\xeb"}', 'latin1');
    for (const [path, type] of [
      [custom, 'application/json; charset=utf-8'],
      [custom, 'application/merge-patch+json'],
      ['/usage/events', 'application/cloudevents+json'],
      ['/usage/events', 'application/cloudevents-batch+json'],
    ] as const) {
      const answer = await a.api.request(path === custom ? 'PATCH' : 'POST', path, undefined, { raw, headers: { 'content-type': type } });
      expect({ type, code: answer.body.code as string }).toEqual({ type, code: 'invalid_utf8' });
    }
  });

  it.each(['iso-8859-1', 'utf-16', '"UTF-16LE"', 'utf-8; charset=latin1', ''])('a body of the charset %s is refused with 415', async (charset) => {
    const answer = await a.api.patch(custom, undefined, { raw: '{}', headers: { 'content-type': `application/json; charset=${charset}` } });
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  });

  it.each(['utf-8', 'UTF8', '"Utf-8"'])('a body of the charset %s is read', async (charset) => {
    expect((await a.api.patch(custom, undefined, { raw: '{"name":"Zoë"}', headers: { 'content-type': `application/json;charset=${charset}` } })).body).toMatchObject({
      name: 'Zoë',
    });
  });

  it.each(['1e400', '-1e400', '9007199254740993', '1e-400', '0.1000000000000000055511151231257827', '123456789012345678901'])(
    'the number %s is refused with its place',
    async (number) => {
      expect(await patch(`{"ok":1,"a/b":{"list":[1,${number}]}}`)).toMatchObject({
        status: 400,
        body: { code: 'inexact_number', errors: [{ pointer: '/a~1b/list/1', code: 'inexact_number' }] },
      });
    },
  );

  it('numbers that are stored as they are sent are accepted', async () => {
    const text = '{"a":9007199254740991,"b":0.1,"c":1e21,"d":-0,"e":0.30000000000000004,"f":1.50}';
    expect((await patch(text)).status).toBe(200);
    expect((await a.api.get(custom)).body).toMatchObject({ a: 9007199254740991, b: 0.1, c: 1e21, e: 0.30000000000000004, f: 1.5 });
  });

  it('the numbers of every route are checked', async () => {
    const answer = await a.api.post(`${a.home}/teams`, undefined, { raw: '{"name":"P","description":9007199254740993}' });
    expect(answer.body.errors).toMatchObject([{ pointer: '/description', code: 'inexact_number' }]);
  });
});

describe('the text of a URL', () => {
  it.each(['%FF', '%C0%A0', '%ED%A0%80', '%E2%82', '%', '%z1', '100%25%'])('%s in a query or path is refused instead of taken literally', async (text) => {
    const [query, name, path] = [`${a.home}/members?search=${text}`, `${a.home}/members?${text}=x`, `/organizations/${text}/members`];
    for (const target of [query, name, path]) {
      const answer = await a.api.get(target);
      expect({ target, status: answer.status, code: answer.body.code as string }).toEqual({ target, status: 400, code: 'malformed_text' });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body).toMatchObject({ instance: `/api/v1${target.split('?', 1)[0] ?? ''}`, requestId: answer.headers.get('x-request-id') });
      expect([answer.headers.get('cache-control'), answer.headers.get('x-content-type-options')]).toEqual(['private, no-store', 'nosniff']);
    }
  });

  it('text in a query that is encoded as UTF-8 is read, and a parameter of a path that is too long names no route', async () => {
    expect((await a.api.get(`${a.home}/members?search=${encodeURIComponent('100 % Zoë')}`)).status).toBe(200);
    expect(await a.api.get(`/organizations/${'x'.repeat(300)}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('a byte order mark before a body is ignored', async () => {
    const answer = await a.api.patch('/tenant/custom-settings', undefined, { raw: '\ufeff{"bom":1}', headers: { 'content-type': 'application/json' } });
    expect(answer).toMatchObject({ status: 200, body: { bom: 1 } });
  });
});

describe('the document', () => {
  const isList = (answer: Record<string, any> | undefined): boolean => answer?.['properties']?.data?.type === 'array';
  const takes = ({ parameters }: DocumentedOperation, name: string): boolean => parameters.some((parameter) => parameter.name === name);
  const idOf = ({ operationId }: DocumentedOperation): string => operationId;

  it('has one shape of lists: data and nextCursor, and a cursor where a list has several pages', () => {
    const reads = operations.filter(({ method }) => method === 'GET').map((operation) => ({ operation, answer: operation.answers['200'] }));
    const lists = reads.filter(({ answer }) => isList(answer));
    expect(lists.length).toBeGreaterThan(30);
    expect(reads.filter(({ answer }) => answer?.['type'] === 'array')).toEqual([]);
    expect(lists.filter(({ answer }) => answer?.['properties'].nextCursor === undefined)).toEqual([]);
    expect(operations.filter((operation) => takes(operation, 'cursor') && !(takes(operation, 'limit') && isList(operation.answers['200']))).map(idOf)).toEqual([]);
  });

  it('names a Location in each answer 201 to a resource that can be read, and in no other', () => {
    const reads = (collection: string): DocumentedOperation[] =>
      operations.filter(({ method, path }) => method === 'GET' && path !== collection && path.replace(/\/\{\w+\}$/, '') === collection);
    // A second way to create the same is next to the collection: /things/imported.
    const readable = ({ path, answers }: DocumentedOperation): boolean =>
      !isList(answers['201']) &&
      (reads(path).length > 0 || reads(path.slice(0, path.lastIndexOf('/'))).some((read) => JSON.stringify(read.answers['200']) === JSON.stringify(answers['201'])));
    const creations = operations.filter(({ creates }) => creates);
    expect(creations.length).toBeGreaterThan(15);
    // An operator is read as the user that it is.
    const named = creations.filter(({ headers, operationId }) => headers['201']?.includes('Location') === true && operationId !== 'addOperator');
    expect(named.map(idOf)).toEqual(creations.filter(readable).map(idOf));
  });

  it('each operation refuses a request without its required fields, with the error `required` for each', async () => {
    const { callers: all, organizationId } = await newCast(server);
    const callers = ['owner', 'operator', 'service key', 'set-up link', 'nobody'].flatMap((name) => all.filter((caller) => caller.name === name));
    const found: object[] = [];
    const expected: object[] = [];
    for (const { operationId, method, path, parameters, bodies } of operations) {
      const ofQuery = parameters.filter((parameter) => parameter.in === 'query' && parameter.required === true).map(({ name }) => name);
      const body = bodies['application/json'] === undefined ? undefined : resolved(bodies['application/json']);
      const pointers = [...ofQuery, ...((body?.['required'] ?? []) as string[])].map((name) => `/${name}`).sort();
      if (pointers.length === 0) continue;
      const target = path.replace(/\{(?:organizationId|tenantId)\}/, organizationId).replaceAll(/\{\w+\}/g, '01a00000-0000-7000-8000-000000000000');
      let missing: string[] = [];
      for (const { headers } of callers) {
        const api = server.api.with({ ...headers, 'x-tenant-id': organizationId });
        const { body: problem } = await api.request(method, `/${target}`, body === undefined ? undefined : {});
        missing = ((problem.errors ?? []) as { readonly pointer: string; readonly code: string }[]).filter(({ code }) => code === 'required').map(({ pointer }) => pointer);
        if (missing.length > 0) break;
      }
      expected.push({ operationId, pointers });
      found.push({ operationId, pointers: missing.sort() });
    }
    expect(expected.length).toBeGreaterThan(50);
    expect(found).toEqual(expected);
  });
});

describe('path variants and methods', () => {
  it.each(['//api/v1/nothing', '//nothing', '//api/v1/organizations/x/y/z'])('OPTIONS of %s is answered 404, as a preflight, too', async (path) => {
    for (const headers of [{}, { origin: 'http://localhost:5173', 'access-control-request-method': 'GET' }])
      expect(await server.api.request('OPTIONS', path, undefined, { headers })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('variants of a path and method never bypass the guards of a route', async () => {
    const paths = [
      '/%61pi/v1/organizations',
      '//api/v1/organizations',
      '/api/v1//organizations',
      '/API/v1/organizations',
      '/api/v1/organizations/',
      '/api/v1/organizations;x',
      '/api/v1/./organizations',
      '/api/v1/organizations%2f',
      '/api/v1/organizations%00',
      '/api/v1/organizations?x=/public',
    ];
    for (const path of paths) expect(['400', '401', '404']).toContain(await rawStatus(`GET ${path}`));
    for (const method of ['HEAD', 'OPTIONS', 'TRACE', 'PUT']) expect(['204', '401', '404', '405', '400']).toContain(await rawStatus(`${method} /api/v1/organizations`));
    expect(await rawStatus('POST /api/v1/auth/me', 'X-HTTP-Method-Override: GET\r\nContent-Length: 0\r\n')).toBe('405');
  });
});

it('a link of a mail that leads to a server without console is answered with the page that is missing and the call of the API', async () => {
  const bare = await startTestServer({ CONSOLE: 'off' });
  for (const { path, calls } of Object.values(frontEndPages)) {
    const response = await fetch(`${bare.url}${path}?token=secret-of-a-mail`);
    expect({ status: response.status, type: response.headers.get('content-type'), cached: response.headers.get('cache-control') }).toEqual({
      status: 200,
      type: 'text/plain; charset=utf-8',
      cached: 'no-store',
    });
    const text = await response.text();
    expect(text).toContain(`/api/v1${calls} `);
    expect(text).toMatch(/set APP_URL .* docs\/front-end\.md/);
    expect(text).not.toContain('secret-of-a-mail');
  }
  await bare.close();
});

describe('a version that the caller has', () => {
  it('is not sent again by any route of the organization itself that the document gives If-None-Match', async () => {
    const owner = await server.world.owner();
    const { paths } = (await server.api.get('//openapi.json')).body as { paths: Record<string, { get?: { parameters?: { name?: string }[] } }> };
    const versioned = Object.entries(paths)
      .flatMap(([path, { get }]) => (get?.parameters?.some(({ name }) => name === 'If-None-Match') === true ? [path] : []))
      .filter((path) => !path.replace('{organizationId}', '').includes('{'));
    expect(versioned.length).toBeGreaterThan(6);
    for (const path of versioned) {
      const target = `/${path.replace('{organizationId}', owner.organizationId)}`;
      const etag = (await owner.api.get(target)).headers.get('etag') ?? 'none';
      const statusOf = async (tags: string): Promise<unknown> => {
        const { status, text, headers } = await owner.api.get(target, { headers: { 'if-none-match': tags } });
        // RFC 9110, section 8.6: a 304 has no length but that of the document.
        return { path, status, empty: text === '' && !headers.has('content-length'), etag: headers.get('etag') };
      };
      for (const tags of [etag, `"v999", W/${etag}`, '*']) expect(await statusOf(tags)).toEqual({ path, status: 304, empty: true, etag });
      const head = await owner.api.request('HEAD', target, undefined, { headers: { 'if-none-match': etag } });
      expect({ path, status: head.status, etag: head.headers.get('etag') }).toEqual({ path, status: 304, etag });
      for (const tags of ['"v999"', 'v1', '']) expect(await statusOf(tags)).toEqual({ path, status: 200, empty: false, etag });
    }
  });

  it('changes nothing about refusals and writes', async () => {
    const owner = await server.world.owner();
    expect((await server.api.get(owner.home, { headers: { 'if-none-match': '*' } })).status).toBe(401);
    expect(await owner.api.patch(owner.home, { name: 'Changed' }, { headers: { 'if-none-match': '*' } })).toMatchObject({ status: 200, body: { name: 'Changed' } });
  });
});

describe('pages of other origins', () => {
  const app = 'https://app.tenantry.test';
  const allowed = ({ headers }: { readonly headers: Headers }): string | null => headers.get('access-control-allow-origin');
  const asked = { 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization,content-type,if-match,x-tenant-id' };

  it('a preflight of the front end allows the methods and header fields of the API, without a credential', async () => {
    const { status, headers } = await server.api.request('OPTIONS', '/tenant/settings', undefined, { headers: { origin: app, ...asked } });
    expect({ status, origin: headers.get('access-control-allow-origin') }).toEqual({ status: 204, origin: app });
    expect(headers.get('access-control-allow-methods')).toContain('PATCH');
    for (const name of asked['access-control-request-headers'].split(',')) expect(headers.get('access-control-allow-headers')?.toLowerCase().split(', ')).toContain(name);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('the front end may read every answer, also refusals and errors, and the header fields of the contract', async () => {
    const paths = ['/organizations', '/nothing', '//health/live', '//openapi.json'];
    for (const path of paths) {
      const answer = await server.api.get(path, { headers: { origin: app } });
      expect({ path, origin: allowed(answer), vary: answer.headers.get('vary')?.toLowerCase() }).toEqual({ path, origin: app, vary: expect.stringContaining('origin') });
      for (const name of ['ETag', 'Location', 'Retry-After', 'X-Request-Id']) expect(answer.headers.get('access-control-expose-headers')?.split(', ')).toContain(name);
    }
    const twice = await server.api.get('/organizations', { headers: { origin: app, 'x-tenant-id': 'no id', authorization: 'Bearer x' } });
    expect({ status: twice.status, origin: allowed(twice) }).toEqual({ status: 401, origin: app });
    const refusedEarly = await server.api.get('/organizations', { headers: { origin: app, 'content-type': 'application/json, text/plain' } });
    expect(allowed(refusedEarly)).toBe(app);
  });

  it.each(['https://evil.example', 'https://app.tenantry.test.evil.example', 'http://app.tenantry.test', 'null'])('pages of %s may read nothing', async (origin) => {
    for (const method of ['GET', 'OPTIONS']) expect(allowed(await server.api.request(method, '/organizations', undefined, { headers: { origin, ...asked } }))).toBeNull();
  });

  it('outside of production, pages of every port of this machine may call the API', async () => {
    for (const origin of ['http://localhost:5173', 'http://127.0.0.1:3001', 'https://localhost'])
      expect(allowed(await server.api.get('/organizations', { headers: { origin } }))).toBe(origin);
    expect(allowed(await server.api.get('/organizations', { headers: { origin: 'http://localhost.evil.example:5173' } }))).toBeNull();
  });

  it('CORS_ORIGINS adds origins, and * allows all', async () => {
    const [some, all] = await Promise.all([startTestServer({ CORS_ORIGINS: 'https://admin.example, https://x.example:8443' }), startTestServer({ CORS_ORIGINS: '*' })]);
    try {
      for (const origin of ['https://admin.example', 'https://x.example:8443', app]) expect(allowed(await some.api.get('/organizations', { headers: { origin } }))).toBe(origin);
      expect(allowed(await some.api.get('/organizations', { headers: { origin: 'https://x.example' } }))).toBeNull();
      expect(allowed(await all.api.get('/organizations', { headers: { origin: 'https://any.example' } }))).toBe('*');
    } finally {
      await Promise.all([some.close(), all.close()]);
    }
  });
});

describe('the host of a request', () => {
  /** Sends a request head unchanged. */
  async function answerTo(head: string, from = server): Promise<{ status: number; body: { code?: string } }> {
    const { port } = new URL(from.url);
    const text = await new Promise<string>((resolve, reject) => {
      const socket = net.connect(Number(port), '127.0.0.1', () => socket.write(`${head}\r\nConnection: close\r\n\r\n`));
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('end', () => resolve(answer));
      socket.on('error', reject);
    });
    const json = /\{.*\}/s.exec(text)?.[0];
    return { status: Number(text.split(' ')[1]), body: json === undefined ? {} : (JSON.parse(json) as { code?: string }) };
  }
  const live = 'GET /health/live HTTP/1.1';

  it.each([
    ['two Host headers', `${live}\r\nHost: a.example\r\nHost: b.example`],
    ['the same Host header twice', `${live}\r\nHost: a.example\r\nhost: a.example`],
    ['two X-Forwarded-Host headers', `${live}\r\nHost: localhost\r\nX-Forwarded-Host: a.example\r\nX-Forwarded-Host: b.example`],
    ['a list', `${live}\r\nHost: a.example, b.example`],
    ['a path', `${live}\r\nHost: a.example/x`],
    ['a user', `${live}\r\nHost: user@a.example`],
    ['white space', `${live}\r\nHost: a.example b.example`],
    ['an empty name', `${live}\r\nHost: `],
    ['a name with a port that is no number', `${live}\r\nHost: a.example:http`],
    ['markup', `${live}\r\nHost: <script>`],
    ['a percent sign', `${live}\r\nHost: a%2eexample`],
    ['a target of another host', `GET http://evil.example/health/live HTTP/1.1\r\nHost: localhost`],
    ['a target with a user', `GET http://localhost@evil.example/health/live HTTP/1.1\r\nHost: localhost`],
    ['two hosts on a route that does not exist', `GET /nothing HTTP/1.1\r\nHost: a.example\r\nHost: b.example`],
    ['two hosts on a route that needs a login', `GET /api/v1/organizations HTTP/1.1\r\nHost: a.example\r\nHost: b.example`],
  ])('a request is refused if its host is %s', async (_, head) => {
    expect(await answerTo(head)).toMatchObject({ status: 400, body: { code: 'invalid_host' } });
  });

  it.each([
    'GET /health/live HTTP/1.1\r\nHost: localhost',
    'GET /health/live HTTP/1.1\r\nHost: [::1]:3000',
    'GET /health/live HTTP/1.1\r\nHost: a_b.example.',
    'GET http://localhost/health/live HTTP/1.1\r\nHost: localhost',
    'GET HTTP://LOCALHOST/health/live?x=1 HTTP/1.1\r\nHost: localhost',
    'GET /health/live HTTP/1.0',
    'GET /health/live HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAccept: */*\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2',
  ])('a request that names one host is answered: %j', async (head) => {
    expect((await answerTo(head)).status).toBe(200);
  });

  it('without any Host header, a request of HTTP/1.1 is refused', async () => {
    expect((await answerTo(live)).status).toBe(400);
  });

  it.each(['Authorization: Bearer x', 'X-API-Key: x', 'X-Tenant-ID: x', 'X-Tenant-Slug: acme', 'Content-Type: application/json'])(
    'a request that sends %s twice is refused',
    async (header) => {
      for (const repeated of [header, header.replace(/^[^:]+/, (name) => name.toUpperCase()), header.replace(/:.*/, ':')])
        for (const path of ['/health/live', '/api/v1/auth/me', '/nothing'])
          expect(await answerTo(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${header}\r\nAccept: */*\r\n${repeated}`)).toMatchObject({
            status: 400,
            body: { code: 'repeated_header' },
          });
    },
  );

  it('behind a proxy, X-Forwarded-Host must name one host, too', async () => {
    const behind = await startTestServer({ TRUSTED_PROXIES: '1' });
    const head = `${live}\r\nHost: localhost`;
    for (const forwarded of ['X-Forwarded-Host: a.example\r\nX-Forwarded-Host: b.example', 'X-Forwarded-Host: a.example, b.example', 'X-Forwarded-Host: a/b'])
      expect(await answerTo(`${head}\r\n${forwarded}`, behind)).toMatchObject({ status: 400, body: { code: 'invalid_host' } });
    expect((await answerTo(`${head}\r\nX-Forwarded-Host: a.example`, behind)).status).toBe(200);
    await behind.close();
  });
});

describe('a name', () => {
  const hidden = ['A\nB', 'A\u202eB', 'A\u2028B', '\u200b\u200b', '\u3164', '\u2800', 'A\u0007B', 'A\u200bB'];
  const routes: [string, (name: string) => [path: string, body: object]][] = [
    ['a sign-up', (name) => ['/auth/signup', { email: server.world.email(), password: 'correct horse battery staple', name, organization: { name: 'Fine' } }]],
    ['the organization of a sign-up', (name) => ['/auth/signup', { email: server.world.email(), password: 'correct horse battery staple', name: 'Fine', organization: { name } }]],
    ['a team', (name) => [`${a.home}/teams`, { name }]],
    ['a role', (name) => [`${a.home}/roles`, { key: 'fine', name, permissions: [] }]],
    ['an API key', (name) => [`${a.home}/api-keys`, { name, permissions: ['teams:read'] }]],
  ];
  it.each(routes)('the name of %s is one visible line', async (_, request) => {
    for (const name of hidden) {
      const answer = await a.api.post(...request(name));
      expect({ name, status: answer.status, code: answer.body.errors?.[0]?.code as string }).toEqual({ name, status: 400, code: 'one_line' });
    }
  });

  it('a description may have several lines, without characters that turn the text around it', async () => {
    expect((await a.api.post(`${a.home}/teams`, { name: 'P', description: 'One\nTwo\tThree' })).status).toBe(201);
    expect((await a.api.post(`${a.home}/teams`, { name: 'P', description: 'One\u202eTwo' })).body.errors).toMatchObject([{ pointer: '/description', code: 'readable_text' }]);
  });

  it('an encoded or reserved slug is refused', async () => {
    for (const slug of ['xn--80ak6aa92e', 'wpad', 'autodiscover', 'mta-sts', 'isatap', 'www2', 'ns1'])
      expect((await a.api.patch(a.home, { slug })).body.code).toBe('reserved_slug');
  });
});

describe('every answer', () => {
  it('every response has security headers and is not cached', async () => {
    const { headers } = await a.api.get('/auth/me');
    expect(headers.get('cache-control')).toBe('private, no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toContain('max-age');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('a response has a generated request id if that of the caller is unsafe', async () => {
    const { headers } = await server.api.get('//health/live', { headers: { 'x-request-id': 'a b"c' } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('operations', () => {
  it('metrics group requests by the template of the route, not by its values', async () => {
    await server.api.get('//health/live');
    await server.api.get('/organizations/01a1fbfe-dfd7-7469-bc28-6f4aa9bf4024/teams');
    const { status, headers, text } = await server.api.get('//metrics');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toMatch(/^http_request_duration_seconds_count\{method="GET",route="\/health\/live",status="200"\} \d+$/m);
    expect(text).toMatch(/^http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/organizations\/:organizationId\/teams",status="401"\} \d+$/m);
    expect(text).not.toContain('01a1fbfe');
    expect(text).toMatch(/^tenantry_requests_total\{actor="anonymous",status="401"\} \d+$/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
  });

  it('the health routes report that the process is live and ready', async () => {
    expect(await server.api.get('//health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await server.api.get('//health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('the server serves its OpenAPI document and Swagger UI', async () => {
    const { body } = await server.api.get('//openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const operations = Object.values(body.paths).flatMap((path) => Object.values(path as object)) as { operationId: string; responses: object; summary?: string }[];
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { responses, summary } of operations) {
      expect(responses).toHaveProperty('default');
      expect(summary).toBeTruthy();
    }
    expect((await server.api.get('//docs')).text).toContain('swagger');
    // Null takes an add-on away, and is in no answer.
    const typeOf = (schema: string): unknown => body.components.schemas[schema].properties.addOns.additionalProperties.type;
    expect(['ChangeSubscription', 'Checkout', 'Subscription'].map(typeOf)).toEqual([['integer', 'null'], ['integer', 'null'], 'integer']);
  });
});

describe('pages', () => {
  it('pages show every row once, in order, and the total number', async () => {
    const person = await server.world.owner();
    for (let i = 0; i < 7; i += 1) await person.api.post(`${person.home}/api-keys`, { name: `Key ${i % 3}`, permissions: [] });
    for (const sort of ['createdAt', '-createdAt', 'name', '-name']) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const { status, body } = await person.api.get(`${person.home}/api-keys?limit=2&count=true&sort=${sort}${cursor === '' ? '' : `&cursor=${cursor}`}`);
        expect(status).toBe(200);
        expect(body.total).toBe(7);
        seen.push(...body.data.map(({ id }: { id: string }) => id));
        cursor = body.nextCursor ?? '';
      } while (cursor !== '');
      expect(seen).toHaveLength(7);
      expect(new Set(seen).size).toBe(7);
    }
  });

  it('a cursor that was changed or belongs to another list, order, filter or tenant is refused', async () => {
    const [x, y] = await server.world.twoTenants();
    for (let i = 0; i < 3; i += 1) await x.api.post(`${x.home}/teams`, { name: `P${i}` });
    const { nextCursor } = (await x.api.get(`${x.home}/teams?limit=1`)).body;
    const attempts = [
      await y.api.get(`${y.home}/teams?limit=1&cursor=${nextCursor}`),
      await x.api.get(`${x.home}/members?cursor=${nextCursor}`),
      await x.api.get(`${x.home}/teams?sort=createdAt&cursor=${nextCursor}`),
      await x.api.get(`${x.home}/teams?search=P&cursor=${nextCursor}`),
      await x.api.get(`${x.home}/teams?cursor=${changedToken(nextCursor)}`),
    ];
    for (const answer of attempts) expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
    const more = await x.api.get(`${x.home}/teams?limit=2&count=true&sort=name&cursor=${nextCursor}`);
    expect({ status: more.status, names: more.body.data?.map(({ name }: { name: string }) => name) }).toEqual({ status: 200, names: ['P1', 'P2'] });
  });

  it('a cursor after the longest name that is accepted leads to the next page', async () => {
    const email = server.world.email('operator');
    await server.control.createOperator(email);
    const operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
    // A sign and the selector of its form are one character of seven bytes.
    const longest = '🌵\uFE0F'.repeat(200);
    const ids = [await server.world.owner({ organization: longest }), await server.world.owner({ organization: longest })].map(({ organizationId }) => organizationId);
    for (const sort of ['name', '-name']) {
      const list = `/tenants?limit=1&sort=${sort}&search=${encodeURIComponent(longest)}`;
      const first = (await operator.get(list)).body;
      const second = await operator.get(`${list}&cursor=${first.nextCursor}`);
      expect(second.status).toBe(200);
      expect([first.data[0].id, second.body.data[0].id].sort()).toEqual(ids.toSorted());
    }
  });

  it.each(['0', '101', '-1', 'x', '1.5', ''])('the page size limit=%s is refused', async (limit) => {
    expect((await a.api.get(`${a.home}/teams?limit=${limit}`)).status).toBe(400);
  });
});
