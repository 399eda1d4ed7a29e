import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { PlatformAdminsService } from '../../src/modules/auth/platform/platform-admins.service.js';
import type { Answer } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { SetClock } from '../support/jobs.js';
import { lockWaiters, sessionOf } from '../support/lock-waiters.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { answerWith, WebhookSink, type SinkAnswer } from '../support/webhook-sink.js';
import { goodPassword, type Person } from '../support/world.js';

const [second, day] = [1000, 86_400_000];
let database: ScratchDatabase;
let look: pg.Pool;
let sink: WebhookSink;
let server: TestServer;
let operator: Person['api'];
let operatorEmail: string;
const clock = new SetClock(new Date());

beforeAll(async () => {
  database = await scratchDatabase();
  look = new pg.Pool({ connectionString: database.platform });
  sink = await WebhookSink.open();
  const env = { CATALOG: 'quizmarker', JOBS_ENABLED: 'true', WEBHOOKS_ALLOW_LOOPBACK: 'true', RECENT_LOGIN_MINUTES: '0' };
  server = await startTestServer(env, database, { clock });
  const { email } = await server.app.get(PlatformAdminsService).createPlatformAdmin(server.world.email('operator'), 'Olga', goodPassword);
  operatorEmail = email;
  operator = server.api.as((await ok(await server.api.post('/auth/login', { email, password: goodPassword }))).accessToken as string);
});
beforeEach(() => void (clock.time = new Date()));
afterEach(async () => void (await look.query('delete from platform_webhooks; delete from webhooks')));
afterAll(async () => {
  await server.close();
  await sink.close();
  await look.end();
  await database.drop();
});

async function ok({ status, body, text }: Answer): Promise<Answer['body']> {
  if (status >= 300) throw new Error(text);
  return body;
}

interface Endpoint {
  readonly id: string;
  readonly home: string;
  readonly path: string;
  readonly secret: string;
}

async function endpoint(answer?: SinkAnswer, wanted: object = {}): Promise<Endpoint> {
  const path = sink.path(answer);
  const { id, secret } = await ok(await operator.post('/platform/event-endpoints', { url: sink.urlOf(path), eventTypes: ['team.*'], ...wanted }));
  return { id, home: `/platform/event-endpoints/${id}`, path, secret };
}
const addTeam = async ({ api, home }: Person): Promise<string> => (await ok(await api.post(`${home}/teams`, { name: server.world.unique('team') }))).id;
interface Delivery {
  readonly id: string;
  readonly organizationId: string;
  readonly status: string;
  readonly attempts: number;
  readonly lastResult: string | null;
  readonly lastStatus: number | null;
}
const deliveriesOf = async ({ home }: Endpoint, filter = ''): Promise<Delivery[]> => (await ok(await operator.get(`${home}/deliveries?sort=createdAt&limit=100${filter}`))).data;
const delivery = (target: Endpoint, wanted: (last: Delivery) => boolean): Promise<Delivery> =>
  eventually(
    async () => (await deliveriesOf(target)).at(-1) as Delivery,
    (last) => last !== undefined && wanted(last),
  );
async function pass(milliseconds: number): Promise<void> {
  clock.forward(milliseconds);
  await look.query('notify tenantry_webhooks');
}

describe('a webhook of the platform', () => {
  it('receives the events of all organizations, also of those that read none, signed and in the log of deliveries', async () => {
    const target = await endpoint();
    const [owner, other] = await server.world.twoTenants();
    const teams = [await addTeam(owner), await addTeam(other)];
    const received = await sink.wait(target.path, 2);
    expect(received.map(({ event }) => event.data['id']).toSorted()).toEqual(teams.toSorted());
    expect(new Set(received.map(({ event }) => event.organizationId))).toEqual(new Set([owner.organizationId, other.organizationId]));
    for (const { body, headers } of received) {
      const fields = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      expect(() => new Webhook(target.secret).verify(body, fields)).not.toThrow();
    }
    await eventually(
      () => deliveriesOf(target),
      (all) => all.length === 2 && all.every(({ status }) => status === 'delivered'),
    );
    const [one, ...rest] = await deliveriesOf(target, `&organizationId=${owner.organizationId}`);
    expect([one?.organizationId, rest]).toEqual([owner.organizationId, []]);
    const { log, body } = await ok(await operator.get(`${target.home}/deliveries/${one?.id}`));
    expect(log).toMatchObject([{ result: 'accepted', status: 204 }]);
    expect(received.map((each) => each.body)).toContain(body);
    // The log of the organization is the same.
    expect((await ok(await owner.api.get('/events?limit=100'))).data).toContainEqual(JSON.parse(body));
  });

  it('is signed with the secrets of both of two rotations at a time', async () => {
    const target = await endpoint();
    const holder = await look.connect();
    await holder.query('begin');
    await holder.query('select from platform_webhooks where id = $1 for update', [target.id]);
    const rotations = Promise.all([1, 2].map(() => operator.post(`${target.home}/rotate-secret`, {})));
    const session = await sessionOf(holder);
    await eventually(
      () => lockWaiters(look, session),
      (waiting) => waiting === 2,
    );
    await holder.query('commit');
    holder.release();
    const secrets = await Promise.all((await rotations).map(async (answer) => (await ok(answer)).secret as string));
    await addTeam(await server.world.owner());
    const [received] = await sink.wait(target.path, 1);
    const fields = Object.fromEntries(Object.entries(received?.headers ?? {}).map(([name, value]) => [name, String(value)]));
    for (const secret of secrets) expect(() => new Webhook(secret).verify(received?.body ?? '', fields)).not.toThrow();
  });

  it('is unknown to members, and so are its deliveries', async () => {
    const target = await endpoint();
    const owner = await server.world.owner();
    await addTeam(owner);
    await sink.wait(target.path, 1);
    const sent = await delivery(target, ({ status }) => status === 'delivered');
    expect((await ok(await owner.api.get(`${owner.home}/webhooks`))).data).toEqual([]);
    for (const path of ['', '/deliveries', `/deliveries/${sent.id}`]) {
      expect((await owner.api.get(`${owner.home}/webhooks/${target.id}${path}`)).status).toBe(404);
      expect((await owner.api.get(`${target.home}${path}`)).status).toBe(403);
    }
    expect((await owner.api.post(`${owner.home}/webhooks/${target.id}/replay`, { after: 0, includeDelivered: true })).status).toBe(404);
  });

  it('has other places than webhooks of organizations: silent ones of the platform delay nobody', async () => {
    const silent = await endpoint(() => undefined);
    const people = await Promise.all(Array.from({ length: 8 }, () => server.world.owner()));
    await Promise.all(people.map(addTeam));
    await sink.wait(silent.path, 5);
    const [owner] = people as [Person];
    const path = sink.path();
    await ok(await owner.api.post(`${owner.home}/webhooks`, { url: sink.urlOf(path), eventTypes: ['team.*'] }));
    const began = performance.now();
    await addTeam(owner);
    expect(await sink.wait(path, 1)).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(8000);
  });

  it('is attempted again, replayed by one delivery and by a range of an organization, and tested', async () => {
    const target = await endpoint(answerWith(500));
    const owner = await server.world.owner();
    await addTeam(owner);
    const failed = await delivery(target, ({ lastResult }) => lastResult !== null);
    expect(failed).toMatchObject({ status: 'pending', attempts: 1, lastResult: 'refused', lastStatus: 500 });
    expect((await ok(await operator.get(target.home))).failingSince).not.toBeNull();
    sink.change(target.path);
    await pass(7 * second);
    await delivery(target, ({ status }) => status === 'delivered');
    await eventually(
      async () => (await ok(await operator.get(target.home))).failingSince,
      (since) => since === null,
    );
    await ok(await operator.post(`${target.home}/deliveries/${failed.id}/replay`));
    await sink.wait(target.path, 3);
    await delivery(target, ({ status }) => status === 'delivered');
    const range = { organizationId: owner.organizationId, after: 0, includeDelivered: true };
    expect(await ok(await operator.post(`${target.home}/replay`, range))).toEqual({ deliveries: 1, nextAfter: null });
    await sink.wait(target.path, 4);
    expect((await operator.post(`${target.home}/replay`, { ...range, organizationId: target.id })).status).toBe(404);
    await ok(await operator.post(`${target.home}/test`, { organizationId: owner.organizationId }));
    expect((await sink.wait(target.path, 5)).at(-1)?.event).toMatchObject({ type: 'webhook.test', organizationId: owner.organizationId, sequence: 0 });
  });

  it('is disabled by 410, after five days of failures of all organizations, and with the right of its operator; operators get a mail', async () => {
    const owner = await server.world.owner();
    const stateOf = (target: Endpoint): Promise<Answer['body']> =>
      eventually(
        async () => ok(await operator.get(target.home)),
        ({ enabled }) => enabled === false,
      );
    const gone = await endpoint(answerWith(410));
    await addTeam(owner);
    expect((await stateOf(gone)).disabledReason).toBe('gone');
    expect((await server.mailbox.waitFor(operatorEmail, 'webhook')).mail.text).toContain('(410)');
    expect((await operator.post(`${gone.home}/test`, { organizationId: owner.organizationId })).body.code).toBe('webhook_disabled');
    sink.change(gone.path);
    await ok(await operator.patch(gone.home, { enabled: true }));
    await pass(7 * second);
    await delivery(gone, ({ status }) => status === 'delivered');
    const failing = await endpoint(answerWith(500));
    await addTeam(owner);
    await delivery(failing, ({ lastResult }) => lastResult !== null);
    await pass(5 * day);
    expect((await stateOf(failing)).disabledReason).toBe('failing');
    clock.time = new Date();
    const revoked = await endpoint();
    await look.query('update platform_webhooks set granted_by_id = $2 where id = $1', [revoked.id, owner.userId]);
    await addTeam(owner);
    expect((await stateOf(revoked)).disabledReason).toBe('not_permitted');
    expect(sink.at(revoked.path)).toEqual([]);
    expect(await ok(await operator.patch(revoked.home, { enabled: true }))).toMatchObject({ disabledReason: null });
    expect(await sink.wait(revoked.path, 1)).toHaveLength(1);
  });

  it('in order gets the events of an organization one after another', async () => {
    let fails = true;
    const target = await endpoint((answer) => void answer.writeHead(fails ? 500 : 204).end(), { ordered: true, eventTypes: ['team.created'] });
    const owner = await server.world.owner();
    const teams = [await addTeam(owner), await addTeam(owner), await addTeam(owner)];
    await eventually(
      () => deliveriesOf(target),
      (all) => all.length === 3 && all.some(({ lastResult }) => lastResult === 'refused'),
    );
    expect(sink.at(target.path).map(({ event }) => event.data['id'])).toEqual(teams.slice(0, 1));
    fails = false;
    await pass(7 * second);
    expect((await sink.wait(target.path, 4)).map(({ event }) => event.data['id'])).toEqual([teams[0], ...teams]);
  });
});
