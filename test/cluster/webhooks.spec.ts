import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { Replicas } from '../support/replicas.js';
import { answerWith, WebhookSink } from '../support/webhook-sink.js';

let sink: WebhookSink;
let replicas: Replicas;
beforeEach(async () => {
  sink = await WebhookSink.open();
  replicas = await Replicas.start(2, { CATALOG: 'quizmarker', JOBS_ENABLED: 'true', WEBHOOKS_ALLOW_LOOPBACK: 'true' });
}, 120_000);
afterEach(async () => {
  await replicas.end();
  await sink.close();
});

async function webhook(path: string, wanted: object = {}): Promise<string> {
  const { status, body, text } = await replicas.owner(0).post(`${replicas.home}/webhooks`, { url: sink.urlOf(path), eventTypes: ['team.created'], ...wanted });
  if (status !== 201) throw new Error(text);
  return body.id as string;
}
const addTeams = (from: number, count: number): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, async (_, n) => expect((await replicas.owner(n % 2).post(`${replicas.home}/teams`, { name: `Team ${from + n}` })).status).toBe(201)));
const namesAt = (path: string): Set<unknown> => new Set(sink.at(path).map(({ event }) => event.data['name']));
/** Ends the leases of replicas that were killed, as the time does. */
const endLeases = (): Promise<unknown> => replicas.rows(`update webhook_queues set leased_until = now(), due_at = now() where leased_until is not null`);

it('replicas that are killed while they send lose no event', async () => {
  const [slow, ordered] = [sink.path((answer) => void setTimeout(() => answer.writeHead(204).end(), 20)), sink.path()];
  await webhook(slow);
  await webhook(ordered, { ordered: true });
  for (const number of [0, 1]) {
    await addTeams(number * 20, 20);
    await eventually(
      () => Promise.resolve(namesAt(slow).size),
      (size) => size > number * 20,
      20_000,
    );
    await replicas.replace(number);
  }
  await addTeams(40, 5);
  await endLeases();
  for (const path of [slow, ordered])
    expect(
      (
        await eventually(
          () => Promise.resolve(namesAt(path)),
          (names) => names.size === 45,
          30_000,
        )
      ).size,
    ).toBe(45);
  const waiting = await eventually(
    () => replicas.rows(`select from webhook_deliveries where status <> 'delivered'`),
    (rows) => rows.length === 0,
    30_000,
  );
  expect(waiting).toEqual([]);
  // A repetition has the same id, by which the receiver recognizes it.
  const ids = new Map(sink.received.map(({ headers, event }) => [String(headers['webhook-id']), event.sequence]));
  expect(ids.size).toBe(45);
  const firsts = [...new Set(sink.at(ordered).map(({ event }) => event.sequence))];
  expect(firsts).toEqual(firsts.toSorted((one, other) => one - other));
}, 120_000);

it('a request that is under way when its replica is killed is sent again, and counts as an attempt', async () => {
  const path = sink.path(() => undefined);
  await webhook(path);
  await addTeams(0, 1);
  await sink.wait(path, 1);
  for (const number of [0, 1]) await replicas.replace(number);
  expect(await replicas.rows('select status, attempts from webhook_deliveries')).toEqual([{ status: 'pending', attempts: 1 }]);
  sink.change(path, answerWith(204));
  await endLeases();
  expect(await sink.wait(path, 2)).toHaveLength(2);
  expect(
    await eventually(
      () => replicas.rows('select status, attempts from webhook_deliveries'),
      ([row]) => row?.['status'] === 'delivered',
    ),
  ).toEqual([{ status: 'delivered', attempts: 2 }]);
}, 120_000);

it('a replica that stops gives its deliveries back', async () => {
  const path = sink.path(() => undefined);
  await webhook(path);
  await addTeams(0, 1);
  await sink.wait(path, 1);
  sink.change(path);
  await Promise.all(replicas.processes.map((each) => each.end('SIGTERM')));
  expect(await replicas.rows('select status, attempts from webhook_deliveries')).toEqual([{ status: 'pending', attempts: 0 }]);
  expect(await replicas.rows('select from webhook_queues where leased_until is not null')).toEqual([]);
}, 120_000);

it('two replicas send each of many events once', async () => {
  const path = sink.path();
  await webhook(path);
  await addTeams(0, 40);
  await eventually(
    () => replicas.rows(`select from webhook_deliveries where status = 'delivered'`),
    (rows) => rows.length === 40,
    30_000,
  );
  expect(sink.at(path)).toHaveLength(40);
  expect(namesAt(path).size).toBe(40);
}, 120_000);
