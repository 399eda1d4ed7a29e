import { createPublicKey, verify } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { PlatformPool } from '../../src/database/wire/platform-pool.js';
import { claimTurns } from '../../src/modules/webhooks/sending/webhook-queue.queries.js';
import { eventually } from '../support/eventually.js';
import { SetClock } from '../support/jobs.js';
import { itInLongRun } from '../support/rounds.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { answerWith, WebhookSink, type ReceivedWebhook, type SinkAnswer } from '../support/webhook-sink.js';
import type { Answer } from '../support/client.js';
import type { Person } from '../support/world.js';

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
let database: ScratchDatabase;
let look: pg.Pool;
let sink: WebhookSink;
let server: TestServer;
const clock = new SetClock(new Date());

beforeAll(async () => {
  database = await scratchDatabase();
  look = new pg.Pool({ connectionString: database.platform });
  sink = await WebhookSink.open();
  server = await startTestServer({ CATALOG: 'quizmarker', JOBS_ENABLED: 'true', WEBHOOKS_ALLOW_LOOPBACK: 'true', MAIL_HOURLY_LIMIT: '0' }, database, { clock });
});
beforeEach(() => void (clock.time = new Date()));
afterEach(async () => void (await look.query('delete from webhooks')));
afterAll(async () => {
  await server.close();
  await sink.close();
  await look.end();
  await database.drop();
});

interface Endpoint {
  readonly owner: Person;
  readonly path: string;
  readonly id: string;
  /** `/organizations/…/webhooks/<id>` */
  readonly home: string;
  readonly secret: string;
  readonly publicKey: string;
}

async function ok({ status, body, text }: Answer): Promise<Answer['body']> {
  if (status >= 300) throw new Error(text);
  return body;
}

async function endpoint(answer?: SinkAnswer, wanted: object = {}, owner?: Person): Promise<Endpoint> {
  const who = owner ?? (await server.world.owner());
  const path = sink.path(answer);
  const { id, secret, publicKey } = await ok(await who.api.post(`${who.home}/webhooks`, { url: sink.urlOf(path), eventTypes: ['team.*'], ...wanted }));
  return { owner: who, path, id, home: `${who.home}/webhooks/${id}`, secret, publicKey };
}
const addTeam = async ({ api, home }: Person, name = server.world.unique('team')): Promise<string> => (await ok(await api.post(`${home}/teams`, { name }))).id;

interface Delivery {
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly lastResult: string | null;
  readonly lastStatus: number | null;
  readonly eventType: string;
  readonly eventId: string;
}
const deliveriesOf = async ({ owner, home }: Endpoint): Promise<Delivery[]> => (await ok(await owner.api.get(`${home}/deliveries?sort=createdAt&limit=100`))).data;
/** Waits until the only delivery, or the latest one, is as wanted. */
const delivery = (target: Endpoint, wanted: (delivery: Delivery) => boolean, patience?: number): Promise<Delivery> =>
  eventually(
    async () => (await deliveriesOf(target)).at(-1) as Delivery,
    (last) => last !== undefined && wanted(last),
    patience,
  );
const details = async ({ owner, home }: Endpoint, id: string): Promise<Answer['body']> => ok(await owner.api.get(`${home}/deliveries/${id}`));
const webhookOf = async ({ owner, home }: Endpoint): Promise<Answer['body']> => ok(await owner.api.get(home));

async function pass(milliseconds: number): Promise<void> {
  clock.forward(milliseconds);
  await look.query('notify tenantry_webhooks');
}
const headersOf = ({ headers }: ReceivedWebhook): Record<string, string> => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

describe('a delivery', () => {
  it('arrives signed, with the event as the log has it, and is in the log of deliveries', async () => {
    const target = await endpoint(answerWith(200, 'Thank you\u0000'));
    const id = await addTeam(target.owner, 'Design');
    const [received] = await sink.wait(target.path, 1);
    expect(new Webhook(target.secret).verify(received?.body ?? '', headersOf(received as ReceivedWebhook))).toMatchObject({ type: 'team.created', data: { id, name: 'Design' } });
    expect(received?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': expect.stringMatching(/^tenantry\//) });
    const { data: events } = (await target.owner.api.get('/events?limit=100')).body;
    expect(events.at(-1)).toEqual(received?.event);
    const done = await delivery(target, ({ status }) => status === 'delivered');
    expect(done).toMatchObject({ status: 'delivered', attempts: 1, lastResult: 'accepted', lastStatus: 200, eventId: received?.headers['webhook-id'], nextAttemptAt: null });
    expect(await details(target, done.id)).toMatchObject({
      body: received?.body,
      log: [{ url: sink.urlOf(target.path), headers: { 'webhook-signature': received?.headers['webhook-signature'] }, result: 'accepted', status: 200, answer: 'Thank you' }],
    });
  });

  it('is made for the types of the webhook alone, and for changes from its creation on', async () => {
    const owner = await server.world.owner();
    await addTeam(owner);
    const [teams, all, created] = [
      await endpoint(undefined, { eventTypes: ['team.*'] }, owner),
      await endpoint(undefined, { eventTypes: ['*'] }, owner),
      await endpoint(undefined, { eventTypes: ['team.created'] }, owner),
    ];
    const id = await addTeam(owner);
    await ok(await owner.api.patch(`${owner.home}/teams/${id}`, { description: 'Changed' }));
    await ok(await owner.api.patch(owner.home, { description: 'A school' }));
    const ofAll = await sink.wait(all.path, 3);
    expect(ofAll.map(({ event }) => event.type)).toEqual(expect.arrayContaining(['team.created', 'team.updated', 'organization.updated']));
    expect((await sink.wait(teams.path, 2)).map(({ event }) => event.type).toSorted()).toEqual(['team.created', 'team.updated']);
    expect((await sink.wait(created.path, 1)).map(({ event }) => event.type)).toEqual(['team.created']);
    expect(ofAll.every(({ event }) => event.organizationId === owner.organizationId)).toBe(true);
  });

  it('keeps the first 4 KiB of an answer', async () => {
    const target = await endpoint(answerWith(500, 'é'.repeat(10_000)));
    await addTeam(target.owner);
    const { id } = await delivery(target, ({ lastResult }) => lastResult !== null);
    const { log } = await details(target, id);
    expect(log[0]).toMatchObject({ result: 'refused', status: 500, answer: 'é'.repeat(2048) });
  });

  it.each<[string, SinkAnswer, string]>([
    ['answers 500', answerWith(500), 'refused'],
    ['redirects', (answer) => void answer.writeHead(307, { location: sink.urlOf('/elsewhere') }).end(), 'refused'],
    ['closes the connection', (answer) => void answer.destroy(), 'unreachable'],
    ['closes it in the middle of the answer', (answer) => void answer.writeHead(200, { 'content-length': '10' }).write('short', () => answer.destroy()), 'unreachable'],
  ])('is attempted again when the receiver %s', async (_what, answer, result) => {
    const target = await endpoint(answer);
    await addTeam(target.owner);
    const failed = await delivery(target, ({ lastResult }) => lastResult !== null);
    expect(failed).toMatchObject({ status: 'pending', attempts: 1, lastResult: result });
    expect((await webhookOf(target)).failingSince).not.toBeNull();
    sink.change(target.path);
    await pass(7 * second);
    expect(await delivery(target, ({ status }) => status === 'delivered')).toMatchObject({ attempts: 2 });
    const [first, again] = sink.at(target.path);
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(again?.body).toBe(first?.body);
    expect(sink.at('/elsewhere')).toEqual([]);
    await eventually(
      async () => (await webhookOf(target)).failingSince,
      (since) => since === null,
    );
    expect((await webhookOf(target)).failingSince).toBeNull();
  });

  itInLongRun(
    'that gets no answer is a timeout',
    async () => {
      const target = await endpoint(() => undefined);
      await addTeam(target.owner);
      expect(await delivery(target, ({ lastResult }) => lastResult !== null, 20_000)).toMatchObject({ lastResult: 'timeout', lastStatus: null, status: 'pending' });
    },
    30_000,
  );

  it('has ten attempts over three days, with growing pauses, and then has failed', async () => {
    // A new delivery is due at the time of the database, which is not after that of the clock then.
    clock.forward(minute);
    const target = await endpoint(answerWith(503));
    await addTeam(target.owner);
    const pauses: number[] = [];
    for (let attempts = 1; attempts < 10; attempts += 1) {
      const { nextAttemptAt } = await delivery(target, (last) => last.attempts === attempts && last.lastResult !== null && new Date(last.nextAttemptAt ?? 0) > clock.now());
      const wait = new Date(nextAttemptAt ?? 0).getTime() - clock.now().getTime();
      pauses.push(wait);
      await pass(wait);
    }
    expect(await delivery(target, ({ status }) => status === 'failed')).toMatchObject({ attempts: 10, nextAttemptAt: null, lastStatus: 503 });
    for (const [at, pause] of [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour].entries()) {
      expect(pauses[at]).toBeGreaterThanOrEqual(0.8 * pause - 1000);
      expect(pauses[at]).toBeLessThanOrEqual(1.2 * pause);
    }
    expect((await webhookOf(target)).enabled).toBe(true);
  });

  it('waits as long as the receiver asks', async () => {
    const target = await endpoint(answerWith(429, '', { 'retry-after': '3600' }));
    await addTeam(target.owner);
    const waits = ({ nextAttemptAt }: Delivery): number => new Date(nextAttemptAt ?? 0).getTime() - clock.now().getTime();
    expect(waits(await delivery(target, (last) => waits(last) > minute))).toBeGreaterThan(0.99 * hour);
  });

  it('that cannot be made is an attempt, too', async () => {
    const target = await endpoint();
    await look.query(`update webhooks set secret = '\\x00' where id = $1`, [target.id]);
    await addTeam(target.owner);
    expect(await delivery(target, ({ lastResult }) => lastResult !== null)).toMatchObject({ lastResult: 'unreadable', attempts: 1, status: 'pending' });
    expect(sink.at(target.path)).toEqual([]);
  });
});

describe('signatures', () => {
  it('a new secret and the one before it both sign during the overlap', async () => {
    const target = await endpoint();
    const { secret } = await ok(await target.owner.api.post(`${target.home}/rotate-secret`));
    await addTeam(target.owner);
    const [both] = await sink.wait(target.path, 1);
    for (const each of [secret, target.secret]) expect(() => new Webhook(each).verify(both?.body ?? '', headersOf(both as ReceivedWebhook))).not.toThrow();
    await look.query(`update webhooks set previous_expires_at = now() - interval '1 hour' where id = $1`, [target.id]);
    await addTeam(target.owner);
    const [, one] = await sink.wait(target.path, 2);
    expect(() => new Webhook(secret).verify(one?.body ?? '', headersOf(one as ReceivedWebhook))).not.toThrow();
    expect(() => new Webhook(target.secret).verify(one?.body ?? '', headersOf(one as ReceivedWebhook))).toThrow('No matching signature found');
    expect(both?.headers['webhook-signature']?.toString().split(' ')).toHaveLength(2);
    expect(one?.headers['webhook-signature']?.toString().split(' ')).toHaveLength(1);
  });

  it('a receiver checks an Ed25519 signature with the public key', async () => {
    const target = await endpoint(undefined, { signature: 'ed25519' });
    expect(target.secret).toBeNull();
    await addTeam(target.owner);
    const [received] = await sink.wait(target.path, 1);
    const key = createPublicKey({
      key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(target.publicKey.replace('whpk_', ''), 'base64')]),
      format: 'der',
      type: 'spki',
    });
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = headersOf(received as ReceivedWebhook);
    const [version, value] = (signature ?? '').split(',');
    expect(version).toBe('v1a');
    expect(verify(null, Buffer.from(`${id}.${time}.${received?.body}`), key, Buffer.from(value ?? '', 'base64'))).toBe(true);
    expect(verify(null, Buffer.from(`${id}.${time}.${received?.body} `), key, Buffer.from(value ?? '', 'base64'))).toBe(false);
  });
});

describe('a webhook that does not work', () => {
  it('is disabled when it answers 410, and its owners get a mail', async () => {
    const target = await endpoint(answerWith(410));
    await addTeam(target.owner);
    expect(
      await eventually(
        () => webhookOf(target),
        ({ enabled }) => enabled === false,
      ),
    ).toMatchObject({ enabled: false, disabledReason: 'gone' });
    expect((await server.mailbox.waitFor(target.owner.email, 'webhook')).mail.text).toContain('(410)');
    await addTeam(target.owner);
    expect(await deliveriesOf(target)).toHaveLength(1);
    expect((await target.owner.api.post(`${target.home}/test`)).body.code).toBe('webhook_disabled');
    sink.change(target.path);
    expect(await ok(await target.owner.api.patch(target.home, { enabled: true }))).toMatchObject({ enabled: true, disabledReason: null });
    await pass(7 * second);
    expect(await delivery(target, ({ status }) => status === 'delivered')).toMatchObject({ attempts: 2 });
    await eventually(
      async () => (await target.owner.api.get('/events?limit=100')).body.data.length as number,
      (count) => count >= 2,
    );
    const { deliveries } = await ok(await target.owner.api.post(`${target.home}/replay`, { after: 0 }));
    expect(deliveries).toBe(1);
    expect((await sink.wait(target.path, 3)).map(({ event }) => event.type)).toEqual(['team.created', 'team.created', 'team.created']);
  });

  it('is disabled when nothing was delivered for five days', async () => {
    const target = await endpoint(answerWith(500));
    await addTeam(target.owner);
    await delivery(target, ({ lastResult }) => lastResult !== null);
    await pass(5 * day);
    expect(
      await eventually(
        () => webhookOf(target),
        ({ enabled }) => enabled === false,
      ),
    ).toMatchObject({ enabled: false, disabledReason: 'failing' });
  });

  it('fails from the first failure after a success', async () => {
    const target = await endpoint(answerWith(500));
    await addTeam(target.owner);
    await delivery(target, ({ lastResult }) => lastResult !== null);
    sink.change(target.path);
    await pass(4 * day);
    await delivery(target, ({ status }) => status === 'delivered');
    sink.change(target.path, answerWith(500));
    await pass(2 * day);
    await addTeam(target.owner);
    await delivery(target, ({ lastResult }) => lastResult === 'refused');
    expect((await webhookOf(target)).enabled).toBe(true);
  });
});

describe('a webhook whose author loses permissions', () => {
  it('sends nothing more, and its owners get a mail; a member who may read its events continues it', async () => {
    const owner = await server.world.owner();
    const admin = await server.world.member(owner, 'admin');
    const target = await endpoint(undefined, {}, { ...admin, home: owner.home });
    expect((await webhookOf(target)).grantedById).toBe(admin.userId);
    await addTeam(owner);
    await sink.wait(target.path, 1);
    await ok(await owner.api.delete(`${owner.home}/members/${admin.userId}`));
    await addTeam(owner);
    const asOwner = { ...target, owner };
    const disabled = await eventually(
      () => webhookOf(asOwner),
      ({ enabled }) => enabled === false,
    );
    expect(disabled).toMatchObject({ enabled: false, disabledReason: 'not_permitted' });
    expect((await server.mailbox.waitFor(owner.email, 'webhook')).mail.text).toContain('may no longer read');
    expect(sink.at(target.path)).toHaveLength(1);
    expect(await ok(await owner.api.patch(target.home, { enabled: true }))).toMatchObject({ disabledReason: null, grantedById: owner.userId });
    expect(await sink.wait(target.path, 2)).toHaveLength(2);
  });

  it('a delivery that waits does not go to types that were removed since', async () => {
    const target = await endpoint(answerWith(500), { eventTypes: ['team.created', 'team.deleted'] });
    await addTeam(target.owner);
    await delivery(target, ({ lastResult }) => lastResult !== null);
    sink.change(target.path);
    await ok(await target.owner.api.patch(target.home, { eventTypes: ['team.deleted'] }));
    await pass(7 * second);
    expect(await delivery(target, ({ status }) => status === 'failed')).toMatchObject({ status: 'failed', attempts: 1 });
    expect(sink.at(target.path)).toHaveLength(1);
  });
});

describe('order and fairness', () => {
  it('thousands of slow receivers that wait do not hide a fast one', async () => {
    const target = await endpoint();
    await look.query(
      `with o as (insert into organizations (id, name, slug, email, plan) select gen_random_uuid(), 'Slow', 'slow-' || n, 'slow@example.com', 'free' from generate_series(1, 110) n returning id),
            w as (insert into webhooks (organization_id, id, url, event_types, sent_types, signature, secret)
                  select o.id, gen_random_uuid(), 'http://127.0.0.1:1/', '{}', '{}', 'symmetric', '\\x00' from o, generate_series(1, 20) returning organization_id, id)
       insert into webhook_queues (organization_id, id, due_at, slow) select organization_id, id, now() + interval '1 day', true from w`,
    );
    const claim = { now: new Date(Date.now() + 2 * day), free: 40, freeSlow: 0, ofOrganization: 5, leaseMs: 60_000 };
    await look.query(`update webhook_queues set due_at = now() + interval '1 day 1 hour' where id = $1`, [target.id]);
    const turns = await claimTurns(server.app.get(PlatformPool), claim);
    expect(turns.map(({ id }) => id)).toEqual([target.id]);
    await look.query(`delete from organizations where name = 'Slow'`);
  });

  it('a slow receiver stays one with another URL, and so does the next one of its organization, until it answers quickly', async () => {
    const slow = await endpoint();
    const isSlow = async ({ id }: Endpoint): Promise<boolean | undefined> =>
      (await look.query<{ slow: boolean }>('select slow from webhook_queues where id = $1', [id])).rows[0]?.slow;
    expect(await isSlow(slow)).toBe(false);
    await look.query('update webhook_queues set slow = true where id = $1', [slow.id]);
    await ok(await slow.owner.api.patch(slow.home, { url: sink.urlOf(sink.path()) }));
    const next = await endpoint(undefined, {}, slow.owner);
    expect([await isSlow(slow), await isSlow(next)]).toEqual([true, true]);
    await addTeam(slow.owner);
    await eventually(
      () => isSlow(next),
      (is) => is === false,
    );
    expect(await isSlow(next)).toBe(false);
  });

  it('a webhook in order gets one event after another, and none before one that fails', async () => {
    let fails = true;
    const target = await endpoint((answer, { event }) => void answer.writeHead(event.data['name'] === 'Second' && fails ? 500 : 204).end(), {
      ordered: true,
      eventTypes: ['team.created'],
    });
    for (const name of ['First', 'Second', 'Third', 'Fourth']) await addTeam(target.owner, name);
    await eventually(
      () => deliveriesOf(target),
      (all) => all.length === 4 && all.some(({ lastResult }) => lastResult === 'refused'),
    );
    expect(sink.at(target.path).map(({ event }) => event.data['name'])).toEqual(['First', 'Second']);
    fails = false;
    await pass(7 * second);
    expect((await sink.wait(target.path, 5)).map(({ event }) => event.data['name'])).toEqual(['First', 'Second', 'Second', 'Third', 'Fourth']);
    expect(Math.max(...sink.at(target.path).map(({ open }) => open))).toBe(1);
  });

  itInLongRun(
    'silent receivers of many organizations hold up nobody else, and each gets few requests at a time',
    async () => {
      const silent = await Promise.all(Array.from({ length: 30 }, () => endpoint(() => undefined)));
      await Promise.all(silent.map(({ owner }) => addTeam(owner)));
      await eventually(
        () => Promise.resolve(silent.filter(({ path }) => sink.at(path).length > 0).length),
        (busy) => busy >= 20,
      );
      await Promise.all(silent.slice(0, 5).flatMap(({ owner }) => Array.from({ length: 8 }, () => addTeam(owner))));
      const target = await endpoint();
      const began = performance.now();
      await addTeam(target.owner);
      expect(await sink.wait(target.path, 1, 30_000)).toHaveLength(1);
      expect(performance.now() - began).toBeLessThan(12_000);
      expect(Math.max(...silent.flatMap(({ path }) => sink.at(path).map(({ open }) => open)))).toBeLessThanOrEqual(5);
    },
    60_000,
  );
});

describe('changes meanwhile', () => {
  it('the late result of a request to an old URL is not that of the webhook', async () => {
    let answerLate: (() => void) | undefined;
    const target = await endpoint((answer) => void (answerLate = () => void answer.writeHead(410).end()));
    await addTeam(target.owner);
    await sink.wait(target.path, 1);
    const next = sink.path();
    await ok(await target.owner.api.patch(target.home, { url: sink.urlOf(next) }));
    answerLate?.();
    expect(await sink.wait(next, 1)).toHaveLength(1);
    expect(await delivery(target, ({ status }) => status === 'delivered')).toMatchObject({ status: 'delivered' });
    const { log } = await details(target, (await deliveriesOf(target))[0]?.id ?? '');
    expect(log.map(({ url }: { url: string }) => url)).toEqual(expect.arrayContaining([sink.urlOf(next), sink.urlOf(target.path)]));
    expect(await webhookOf(target)).toMatchObject({ enabled: true, failingSince: null });
  });

  it('a replay during an attempt is sent after it', async () => {
    let answerLate: (() => void) | undefined;
    const target = await endpoint((answer) => void (answerLate = () => void answer.writeHead(204).end()));
    await addTeam(target.owner);
    await sink.wait(target.path, 1);
    const [first] = await deliveriesOf(target);
    expect(await ok(await target.owner.api.post(`${target.home}/deliveries/${first?.id}/replay`))).toMatchObject({ status: 'pending', attempts: 0 });
    sink.change(target.path);
    answerLate?.();
    expect(await sink.wait(target.path, 2)).toHaveLength(2);
    expect(await delivery(target, ({ status }) => status === 'delivered')).toMatchObject({ attempts: 1 });
  });

  it('a suspended organization sends nothing until it is active again', async () => {
    const target = await endpoint();
    await look.query(`update organizations set maintenance_mode = true where id = $1`, [target.owner.organizationId]);
    await look.query(
      `with e as (insert into domain_events (organization_id, id, type, occurred_at, data) values ($1, gen_random_uuid(), 'webhook.test', now(), '{}') returning id)
       insert into webhook_deliveries (organization_id, id, webhook_id, event_id, event_type) select $1, gen_random_uuid(), $2, e.id, 'webhook.test' from e`,
      [target.owner.organizationId, target.id],
    );
    await look.query(`update webhook_queues set due_at = now() where id = $1`, [target.id]);
    await pass(0);
    await eventually(
      async () =>
        (await look.query<{ due: boolean }>("select due_at > now() + interval '10 minutes' and leased_until is null as due from webhook_queues where id = $1", [target.id])).rows[0]
          ?.due,
      (later) => later === true,
    );
    expect(sink.at(target.path)).toEqual([]);
    await look.query(`update organizations set maintenance_mode = false where id = $1`, [target.owner.organizationId]);
    await pass(16 * minute);
    expect(await sink.wait(target.path, 1)).toHaveLength(1);
  });

  it('a test event arrives, whatever types the webhook receives', async () => {
    const target = await endpoint();
    const sent = await ok(await target.owner.api.post(`${target.home}/test`));
    expect(sent).toMatchObject({ status: 'pending', eventType: 'webhook.test', sequence: null });
    expect((await sink.wait(target.path, 1))[0]?.event).toMatchObject({ type: 'webhook.test', sequence: 0, data: { webhookId: target.id } });
    expect((await target.owner.api.get('/events?limit=100')).body.data).toEqual([]);
  });

  it('another replica continues the turn of one that died, after its lease', async () => {
    const target = await endpoint();
    const began = performance.now();
    await look.query(`update webhook_queues set turn = gen_random_uuid(), leased_until = now() + interval '3 seconds', due_at = now() + interval '3 seconds' where id = $1`, [
      target.id,
    ]);
    await addTeam(target.owner);
    expect(await sink.wait(target.path, 1, 20_000)).toHaveLength(1);
    expect(performance.now() - began).toBeGreaterThan(2900);
  });
});
