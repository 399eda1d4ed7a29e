import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { Client, type Answer } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { ServerProcess } from '../support/process.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTenantry } from '../support/command.js';
import { goodPassword } from '../support/world.js';

const page = readFileSync('docs/use-as-a-service.md', 'utf8');
const hasPython = spawnSync('python3', ['--version']).status === 0;
const { PATH = '', HOME = '' } = process.env;

let folder: string;
let database: ScratchDatabase;
let server: ServerProcess;
let api: Client;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-service-'));
  database = await scratchDatabase();
  env = {
    NODE_ENV: 'test',
    APP_SECRET: testSecret,
    DATA_DIR: folder,
    RATE_LIMITS_ENABLED: 'false',
    DATABASE_URL: database.app,
    DATABASE_PLATFORM_URL: database.platform,
    DATABASE_OWNER_URL: database.owner,
  };
  server = await ServerProcess.start(env);
  api = new Client(server.url);
  if (!existsSync('examples/express/node_modules'))
    await promisify(execFile)('npm', ['ci', '--prefix', 'examples/express', '--ignore-scripts', '--no-audit', '--no-fund'], { env: process.env });
}, 120_000);
afterAll(async () => {
  await server.end('SIGTERM');
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const tenantryUrl = (): string => `http://localhost:${server.port}`;

/** The commands of the page with the answers that it shows for them. `…` stands for any value. */
const steps = [...page.matchAll(/```sh\n([\s\S]*?)```(?:\s*```json\n([\s\S]*?)```)?/g)].map(([, commands = '', answers = '']) => ({
  commands,
  answers: answers
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line, (_, value: unknown) => (value === '…' ? expect.anything() : value)) as object),
}));

(hasPython ? it : it.skip)(
  'the commands of docs/use-as-a-service.md do what the page says',
  async () => {
    expect(steps.length).toBeGreaterThan(8);
    const [express, python] = [String(await freePort()), String(await freePort())];
    const separator = `--- ${randomUUID()}`;
    // curl ends no line. The examples end with the script.
    const prelude = [
      'set -Eeuo pipefail',
      `trap 'echo "$BASH_COMMAND: exit code $?" >&2' ERR`,
      `trap 'kill $(jobs -p) 2> /dev/null || true' EXIT`,
      'curl() { command curl "$@"; echo; }',
      '',
    ].join('\n');
    const script = steps
      .map(({ commands }) => commands)
      .join(`\necho '${separator}'\n`)
      .replaceAll('localhost:3000', `localhost:${server.port}`)
      .replaceAll('4000', express)
      .replaceAll('4001', python);
    const shell = spawn('bash', ['-c', prelude + script], { env: { ...process.env, ...env, TENANTRY_URL: tenantryUrl() }, stdio: ['ignore', 'pipe', 'pipe'] });
    const [output, errors, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')]);
    expect({ code, errors: code === 0 ? '' : errors }).toEqual({ code: 0, errors: '' });
    const printed = output.split(separator).map((part) => part.split('\n').filter((line) => line.startsWith('{')));
    for (const [index, { answers }] of steps.entries())
      if (answers.length > 0) expect(printed[index]?.map((line) => JSON.parse(line) as object)).toEqual(answers.map((answer) => expect.objectContaining(answer)));
  },
  120_000,
);

interface Member {
  readonly userId: string;
  readonly token: string;
}

async function owner(): Promise<Member & { readonly organizationId: string; readonly api: Client }> {
  const { body } = await api.post('/auth/signup', { email: `${randomUUID()}@example.com`, password: goodPassword, name: 'Olive Owner', organization: { name: 'Files' } });
  return { userId: body.user.id, token: body.accessToken, organizationId: body.organization.id, api: api.as(body.accessToken) };
}

async function memberOf(inviter: Awaited<ReturnType<typeof owner>>): Promise<Member> {
  const email = `${randomUUID()}@example.com`;
  const invited = await inviter.api.post(`/organizations/${inviter.organizationId}/invitations`, { email, role: 'member', delivery: 'link' });
  const token = new URL(invited.body.data[0].link).searchParams.get('token');
  const { body } = await api.post('/invitations/accept', { token, name: 'Mel Member', password: goodPassword });
  return { userId: body.userId, token: body.accessToken };
}

const examples = [
  ['express', [process.execPath, 'examples/express/server.mjs']],
  ['python', ['python3', 'examples/python/server.py']],
] as const;

describe.each(examples)('the example %s', (name, [command, ...args]) => {
  const test = name === 'python' && !hasPython ? it.skip : it;
  let key: { readonly id: string; readonly key: string };
  let example: ChildProcess;
  let url: string;

  async function start(port: number, more: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
    const child = spawn(command, args, { env: { PATH, HOME, PORT: String(port), TENANTRY_URL: tenantryUrl(), TENANTRY_KEY: key.key, ...more } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await eventually(
      async () => output,
      (printed) => printed.includes('listens'),
      20_000,
    );
    return child;
  }

  beforeAll(async () => {
    if (name === 'python' && !hasPython) return;
    const made = await startTenantry(env, 'service-key:create', '--name', name, '--scope', 'access:check', 'usage:report', '--json').ended;
    key = JSON.parse(made.out);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    example = await start(port);
  }, 60_000);
  afterAll(() => void example?.kill());

  const call = async (method: string, token: string | undefined, body?: object, organizationId?: string, at = url): Promise<Pick<Answer, 'status' | 'body'>> => {
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(organizationId === undefined ? {} : { 'x-tenant-id': organizationId }),
    };
    const response = await fetch(`${at}/files`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const read = await response.text();
    return { status: response.status, body: read === '' ? undefined : JSON.parse(read) };
  };
  const film = { name: 'film.mp4', gigabytes: 1 };
  const used = async (who: Awaited<ReturnType<typeof owner>>): Promise<number> =>
    (await who.api.get('/tenant/limits')).body.data.find(({ meter }: { meter: string }) => meter === 'storage_gb').used;

  test('stores a file of a member, meters it, and gives the units back when it is deleted', async () => {
    const olive = await owner();
    const mel = await memberOf(olive);
    expect(await call('POST', mel.token, film)).toMatchObject({ status: 201, body: { ...film, organizationId: olive.organizationId } });
    expect(await used(olive)).toBe(1);
    expect(await call('POST', mel.token, film)).toMatchObject({ status: 402, body: { code: 'quota_exceeded' } });
    expect((await call('GET', olive.token)).body).toHaveLength(1);
    expect(await call('DELETE', olive.token)).toMatchObject({ status: 204 });
    expect([await used(olive), (await call('GET', olive.token)).body]).toEqual([0, []]);
  });

  test('refuses a member without the permission, and somebody who is no member', async () => {
    const [olive, other] = [await owner(), await owner()];
    const mel = await memberOf(olive);
    expect(await call('DELETE', mel.token)).toMatchObject({ status: 403, body: { code: 'access_denied' } });
    expect(await call('GET', other.token, undefined, olive.organizationId)).toMatchObject({ status: 404, body: { code: 'organization_not_found' } });
    expect(await call('GET', olive.token, undefined, 'everything')).toMatchObject({ status: 400 });
    expect(await used(olive)).toBe(0);
  });

  test('refuses a session that has ended, although its token is signed and has not expired', async () => {
    const olive = await owner();
    expect((await call('GET', olive.token)).status).toBe(200);
    expect((await olive.api.post('/auth/logout')).status).toBeLessThan(300);
    expect(await call('GET', olive.token)).toMatchObject({ status: 401, body: { code: 'session_ended' } });
  });

  test('refuses tokens that tenantry has not signed', async () => {
    const { token } = await owner();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [header = '', payload = '', signature = ''] = token.split('.');
    const { kid } = decodeProtectedHeader(token);
    const signed = (protectedHeader: object): Promise<string> =>
      new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...protectedHeader }).sign(privateKey);
    const changed = Buffer.from(JSON.stringify({ ...decodeJwt(token), sub: randomUUID() })).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid })).toString('base64url');
    const wrong = [
      undefined,
      '',
      'x',
      await signed({ kid }),
      await signed({ kid: randomUUID() }),
      await signed({}),
      `${header}.${changed}.${signature}`,
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
      `${header}.${payload}.${signature.slice(2)}`,
    ];
    for (const each of wrong) expect({ token: each, status: (await call('GET', each)).status }).toEqual({ token: each, status: 401 });
    expect((await call('GET', token)).status).toBe(200);
  });

  test('refuses tokens of another issuer, and lets nobody in while tenantry does not answer', async () => {
    const { token } = await owner();
    const [port, nowhere] = [await freePort(), await freePort()];
    for (const [more, status] of [
      [{ TENANTRY_ISSUER: 'https://elsewhere.example' }, 401],
      [{ TENANTRY_URL: `http://127.0.0.1:${nowhere}`, TENANTRY_ISSUER: tenantryUrl() }, 503],
      [{ TENANTRY_KEY: 'tsk_wrong' }, 503],
    ] as const) {
      const misled = await start(port, more);
      expect({ more, status: (await call('GET', token, undefined, undefined, `http://127.0.0.1:${port}`)).status }).toEqual({ more, status });
      misled.kill();
      await once(misled, 'exit');
    }
  }, 60_000);
});

(hasPython ? describe : describe.skip)('the P-256 of the example python', () => {
  it('passes its own tests', () => {
    const { status, stderr } = spawnSync('python3', ['-m', 'unittest'], { cwd: 'examples/python', encoding: 'utf8' });
    expect({ status, stderr: stderr.split('\n').at(-2) }).toEqual({ status: 0, stderr: 'OK' });
  });

  it('agrees with OpenSSL about 200 signatures, of which half are of another message or key', () => {
    const cases = Array.from({ length: 200 }, (_, index) => {
      const [own, other] = [0, 1].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
      const message = randomUUID();
      const signature = sign('sha256', Buffer.from(message), { key: (index % 4 === 1 ? other : own)!.privateKey, dsaEncoding: 'ieee-p1363' }).toString('hex');
      const { x = '', y = '' } = own!.publicKey.export({ format: 'jwk' });
      return { x, y, signature, message: index % 4 === 3 ? `${message}.` : message, valid: index % 2 === 0 };
    });
    const program =
      'import json, sys, tenantry, p256\nfor c in json.load(sys.stdin): print(p256.verify(tenantry.point_of(c), c["message"].encode(), bytes.fromhex(c["signature"])))';
    const { stdout, stderr } = spawnSync('python3', ['-c', program], { cwd: 'examples/python', encoding: 'utf8', input: JSON.stringify(cases) });
    expect({ stderr, found: stdout.trim().split('\n') }).toEqual({ stderr: '', found: cases.map(({ valid }) => (valid ? 'True' : 'False')) });
  });
});
