import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Answer, Client } from '../support/client.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/http.js';
import { lockWaiters, sessionOf } from '../support/lock-waiters.js';
import type { Person } from '../support/world.js';

let server: TestServer;
let other: TestServer;
let database: pg.Pool;
let owner: Person;
beforeAll(async () => {
  server = await startTestServer();
  other = await startTestServer();
  database = new pg.Pool({ connectionString: testDatabase().platform, max: 2 });
  owner = await server.world.owner({ verified: true });
  await database.query(`update organizations set plan = 'enterprise' where id = $1`, [owner.organizationId]);
});
afterAll(async () => {
  await database.end();
  await other.close();
  await server.close();
});

const keyed = (client: Client, key: string = randomUUID()): Client => client.with({ 'idempotency-key': key });
const teamsOf = async ({ api, home }: Person, name: string): Promise<number> =>
  ((await api.get(`${home}/teams?limit=100`)).body.data as { name: string }[]).filter((team) => team.name === name).length;
const isRepeated = ({ headers }: Answer): boolean => headers.get('idempotency-replayed') === 'true';
/** The rows of an organization; each test that looks at them has one of its own. */
const rowsOf = async (organizationId: string): Promise<{ answer: Buffer | null; created_at: Date }[]> =>
  (await database.query('select answer, created_at from idempotency_keys where organization_id = $1', [organizationId])).rows;

describe('a request with an Idempotency-Key', () => {
  it('a repetition gets the first answer with its header fields, and has no effect', async () => {
    const name = server.world.unique('repeated');
    const client = keyed(owner.api);
    const first = await client.post(`${owner.home}/teams`, { name, description: 'Once' });
    const second = await client.post(`${owner.home}/teams`, { description: 'Once', name });
    expect([first.status, second.status, isRepeated(first), isRepeated(second)]).toEqual([201, 201, false, true]);
    expect(second.text).toBe(first.text);
    for (const field of ['location', 'content-type', 'etag']) expect(second.headers.get(field)).toBe(first.headers.get(field));
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect(await teamsOf(owner, name)).toBe(1);
  });

  it('a PATCH whose version is outdated by itself is repeated, too', async () => {
    const { headers } = await owner.api.get('/tenant/settings');
    const client = keyed(owner.api).with({ 'if-match': headers.get('etag') ?? '"v0"' });
    const first = await client.patch('/tenant/settings', { session_timeout_minutes: 90 });
    const second = await client.patch('/tenant/settings', { session_timeout_minutes: 90 });
    expect([first.status, second.status, isRepeated(second), second.headers.get('etag')]).toEqual([200, 200, true, first.headers.get('etag')]);
  });

  it.each<[string, string, object]>([
    ['another body', '', { description: 'Another' }],
    ['another query', '?x=1', {}],
  ])('%s with the same key is refused', async (_, query, other) => {
    const client = keyed(owner.api);
    const body = { name: server.world.unique('same') };
    expect((await client.post(`${owner.home}/teams`, body)).status).toBe(201);
    expect(await client.post(`${owner.home}/teams${query}`, { ...body, ...other })).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('the same key of another caller, on another route or in another organization is another key', async () => {
    const person = await server.world.owner();
    const colleague = await server.world.member(person, 'admin');
    const elsewhere = (await person.api.post('/organizations', { name: 'Second' })).body.id as string;
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [person.organizationId]);
    const { key } = (await person.api.post(`${person.home}/api-keys`, { name: 'Program', permissions: ['usage:write'] })).body;
    const id = randomUUID();
    const team = (caller: Client, home: string, name: string): Promise<Answer> => keyed(caller, id).post(`${home}/teams`, { name });
    const consume = (caller: Client): Promise<Answer> => keyed(caller, id).post('/usage/consume', { meter: 'storage_gb', quantity: 1 });
    const answers = await Promise.all([
      team(person.api, person.home, 'One'),
      team(colleague.api, person.home, 'Two'),
      team(person.api, `/organizations/${elsewhere}`, 'One'),
      consume(person.api),
      consume(server.api.with({ 'x-api-key': key })),
    ]);
    expect(answers.map((answer) => [answer.status, isRepeated(answer)])).toEqual([...Array(3).fill([201, false]), ...Array(2).fill([200, false])]);
    expect((await person.api.get('/tenant/limits')).body.data.find(({ meter }: { meter: string }) => meter === 'storage_gb').used).toBe(2);
  });

  it.each([
    ['empty', ''],
    ['longer than 255 characters', 'x'.repeat(256)],
    ['not ASCII', 'schl\u00fcssel'],
  ])('a key that is %s is refused', async (_, key) => {
    expect(await keyed(owner.api, key).post(`${owner.home}/teams`, { name: 'x' })).toMatchObject({ status: 400, body: { code: 'invalid_idempotency_key' } });
  });

  it('a refusal is not kept, so the corrected request may have the same key', async () => {
    const client = keyed(owner.api);
    const name = server.world.unique('corrected');
    expect((await client.post(`${owner.home}/teams`, { name: '' })).status).toBe(400);
    expect((await client.post(`${owner.home}/teams`, { name, roles: ['no_such_role'] })).status).toBe(422);
    const answer = await client.post(`${owner.home}/teams`, { name });
    expect([answer.status, isRepeated(answer), await teamsOf(owner, name)]).toEqual([201, false, 1]);
  });

  it('of requests that two replicas get at once, one has an effect', async () => {
    const name = server.world.unique('once');
    const clients = [owner.api, owner.api.on(other.url)].map((client) => keyed(client, name));
    const answers = await Promise.all(Array.from({ length: 12 }, (__, index) => (clients[index % 2] as Client).post(`${owner.home}/teams`, { name })));
    const created = answers.filter(({ status }) => status === 201);
    const running = answers.filter(({ status }) => status !== 201);
    expect(created.filter((answer) => !isRepeated(answer))).toHaveLength(1);
    expect(new Set(created.map(({ text }) => text)).size).toBe(1);
    expect(running.map(({ status, body, headers }) => [status, body.code, headers.get('retry-after')])).toEqual(running.map(() => [409, 'request_running', '1']));
    expect(await teamsOf(owner, name)).toBe(1);
    expect(isRepeated(await (clients[1] as Client).post(`${owner.home}/teams`, { name }))).toBe(true);
  });

  it('a request whose key another one has that waits is refused at once', async () => {
    const name = server.world.unique('waiting');
    const client = keyed(owner.api, name);
    const lock = await database.connect();
    const session = await sessionOf(lock);
    await lock.query('begin; lock table idempotency_keys in share mode');
    const first = client.post(`${owner.home}/teams`, { name });
    try {
      expect(await eventually(() => lockWaiters(lock, session), Boolean)).toBe(1);
      expect(await client.post(`${owner.home}/teams`, { name })).toMatchObject({ status: 409, body: { code: 'request_running' } });
    } finally {
      await lock.query('commit');
      lock.release();
    }
    expect((await first).status).toBe(201);
    expect(await teamsOf(owner, name)).toBe(1);
  });

  it('an answer is not repeated to a caller who may not make the request any longer', async () => {
    const member = await server.world.member(owner, 'admin');
    const client = keyed(member.api);
    const first = await client.post(`${owner.home}/teams`, { name: server.world.unique('team') });
    expect(first.status).toBe(201);
    expect((await owner.api.patch(`${owner.home}/members/${member.userId}`, { role: 'member' })).status).toBe(200);
    expect(await client.post(`${owner.home}/teams`, { name: first.body.name })).toMatchObject({ status: 403, body: { code: 'access_denied' } });
  });

  it('a secret in an answer is repeated, and lies sealed in the table', async () => {
    const person = await server.world.owner();
    await database.query(`update organizations set plan = 'enterprise' where id = $1`, [person.organizationId]);
    const client = keyed(person.api);
    const wanted = { name: 'Program', permissions: ['teams:read'] };
    const { body } = await client.post(`${person.home}/api-keys`, wanted);
    expect((await client.post(`${person.home}/api-keys`, wanted)).body).toEqual(body);
    expect(body.key).toMatch(/^tk_/);
    const [row] = await rowsOf(person.organizationId);
    expect(row?.answer?.length).toBeGreaterThan(body.key.length);
    expect(row?.answer?.includes(body.key.slice(0, 12))).toBe(false);
  });

  it('a password in a body cannot be guessed from the table: its digest has a key', async () => {
    const person = await server.world.owner();
    const body = { description: null, name: server.world.unique('known') };
    expect((await keyed(person.api).post(`${person.home}/teams`, body)).status).toBe(201);
    const { rows } = await database.query('select fingerprint from idempotency_keys where organization_id = $1', [person.organizationId]);
    const guesses = [['', body], body].map((guess) => createHash('sha256').update(JSON.stringify(guess)).digest());
    expect(guesses.some((guess) => guess.equals(rows[0].fingerprint as Buffer))).toBe(false);
  });

  it('people who have not signed in have keys of their own', async () => {
    const key = randomUUID();
    const signUp = (email: string): Promise<Answer> =>
      keyed(server.api, key).post('/auth/signup', { email, password: 'correct horse battery staple 7', name: 'Ann', organization: { name: 'Acme' } });
    const [ann, bob] = [server.world.email(), server.world.email()];
    const [first, second, third] = [await signUp(ann), await signUp(ann), await signUp(bob)];
    expect([first, second, third].map((answer) => [answer.status, isRepeated(answer)])).toEqual([
      [201, false],
      [201, true],
      [201, false],
    ]);
    expect(second.text).toBe(first.text);
  });

  it('an effect that the answer does not wait for is not repeated', async () => {
    const client = keyed(server.api);
    const forget = (): Promise<Answer> => client.post('/auth/password/forgot', { email: owner.email });
    const answers = [await forget(), await forget()];
    expect(answers.map((answer) => [answer.status, isRepeated(answer)])).toEqual([
      [204, false],
      [204, true],
    ]);
  });

  it('a route that is excluded ignores the key', async () => {
    const client = keyed(server.api);
    const login = { email: owner.email, password: 'wrong wrong wrong' };
    expect([await client.post('/auth/login', login), await client.post('/auth/login', { ...login, password: 'other' })].map(({ status }) => status)).toEqual([401, 401]);
  });

  it('an effect without an answer is not repeated: first the request may be running, later its outcome is unknown', async () => {
    const person = await server.world.owner();
    const client = keyed(person.api);
    await client.post(`${person.home}/teams`, { name: 'Lost' });
    await database.query('update idempotency_keys set answer = null where organization_id = $1', [person.organizationId]);
    expect(await client.post(`${person.home}/teams`, { name: 'Lost' })).toMatchObject({ status: 409, body: { code: 'request_running' } });
    await database.query(`update idempotency_keys set created_at = created_at - interval '3 minutes' where organization_id = $1`, [person.organizationId]);
    expect(await client.post(`${person.home}/teams`, { name: 'Lost' })).toMatchObject({ status: 409, body: { code: 'outcome_unknown' } });
    expect(await teamsOf(person, 'Lost')).toBe(1);
  });

  it('a request without a key, or without an effect, leaves nothing', async () => {
    const person = await server.world.owner();
    await person.api.post(`${person.home}/teams`, { name: 'Without' });
    await keyed(person.api).with({ 'x-tenant-id': person.organizationId }).post('/access/check', { permission: 'teams:read' });
    expect(await rowsOf(person.organizationId)).toEqual([]);
  });

  it('answers are deleted after 24 hours, and the key is then new', async () => {
    const person = await server.world.owner();
    const client = keyed(person.api);
    const first = await client.post(`${person.home}/teams`, { name: 'Daily' });
    expect((await person.api.delete(`${person.home}/teams/${first.body.id}`)).status).toBe(204);
    await database.query(`update idempotency_keys set created_at = '2026-01-01T00:00:00Z' where organization_id = $1`, [person.organizationId]);
    await server.control.runJob('purge-idempotency-keys', new Date('2026-01-01T23:59:00Z'));
    expect(await rowsOf(person.organizationId)).toHaveLength(1);
    await server.control.runJob('purge-idempotency-keys', new Date('2026-01-02T00:50:00Z'));
    expect(await rowsOf(person.organizationId)).toEqual([]);
    const second = await client.post(`${person.home}/teams`, { name: 'Daily' });
    expect([second.status, isRepeated(second), second.body.id === first.body.id]).toEqual([201, false, false]);
  });
});
