import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { MachineClock } from '../../src/common/clock.js';
import { ListenRefusedError, WebhookListener, type Forwarded } from '../../src/modules/webhooks/webhook-listener.js';
import { newWebhookKey } from '../../src/modules/webhooks/webhook-keys.js';
import { startTenantry } from '../support/command.js';
import { testDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { answerWith, WebhookSink } from '../support/webhook-sink.js';
import type { Person } from '../support/world.js';

let server: TestServer;
let sink: WebhookSink;
let owner: Person;
let key: string;
let address: string;
let look: pg.Pool;

beforeAll(async () => {
  server = await startTestServer({ CATALOG: 'quizmarker' });
  sink = await WebhookSink.open();
  look = new pg.Pool({ connectionString: testDatabase().platform, max: 1 });
  owner = await server.world.owner();
  address = new URL(server.url).origin;
  const answer = await owner.api.post(`${owner.home}/api-keys`, { name: 'Listener', permissions: ['events:read', 'teams:read'] });
  key = (answer.body as { key: string }).key;
});
afterAll(async () => {
  await look.end();
  await sink.close();
  await server.close();
});

const addTeam = async (name: string): Promise<void> => expect((await owner.api.post(`${owner.home}/teams`, { name })).status).toBe(201);
const secret = newWebhookKey('symmetric').secret;

/** Listens until the work is done. */
async function listening(path: string, types: readonly string[], work: (forwarded: Forwarded[]) => Promise<void>): Promise<{ position: number; forwarded: Forwarded[] }> {
  const stop = new AbortController();
  const forwarded: Forwarded[] = [];
  let position: number | undefined;
  const report = { started: (at: number) => void (position = at), forwarded: (result: Forwarded) => void forwarded.push(result), warned: () => undefined };
  const ended = new WebhookListener({ server: address, key, forwardTo: sink.urlOf(path), secret, types }, report, new MachineClock()).listen(stop.signal);
  await eventually(
    () => Promise.resolve(position),
    (at) => at !== undefined,
  );
  await work(forwarded);
  stop.abort();
  await ended;
  return { position: position ?? -1, forwarded };
}

it('forwards events from now on, signed, as a webhook receives them, and shows the answers', async () => {
  // The first request opens the log: changes before it become no events.
  expect((await owner.api.get('/events')).status).toBe(200);
  for (const name of ['One', 'Two', 'Three']) await addTeam(name);
  const { data: before } = (await owner.api.get('/events?limit=100')).body as { data: { sequence: number }[] };
  const path = sink.path(answerWith(418));
  const { position, forwarded } = await listening(path, [], async () => {
    await addTeam('Four');
    await sink.wait(path, 1);
  });
  expect(position).toBe(before.at(-1)?.sequence);
  const [received] = sink.at(path);
  expect(received?.event).toMatchObject({ type: 'team.created', data: { name: 'Four' } });
  const headers = Object.fromEntries(Object.entries(received?.headers ?? {}).map(([name, value]) => [name, String(value)]));
  expect(new Webhook(secret).verify(received?.body ?? '', headers)).toMatchObject({ type: 'team.created' });
  const { data } = (await owner.api.get(`/events?after=${position}`)).body as { data: object[] };
  expect(received?.body).toBe(JSON.stringify(data[0]));
  expect(forwarded).toMatchObject([{ event: { type: 'team.created' }, status: 418 }]);
});

it('forwards only the types that are asked for, and continues when the local server does not answer', async () => {
  const path = sink.path((answer) => void answer.destroy());
  const { forwarded } = await listening(path, ['team.created'], async (results) => {
    await addTeam('Five');
    await eventually(
      () => Promise.resolve(results.length),
      (count) => count === 1,
    );
    sink.change(path);
    const { data } = (await owner.api.get(`${owner.home}/teams?limit=1&sort=-createdAt`)).body as { data: { id: string }[] };
    await owner.api.delete(`${owner.home}/teams/${data[0]?.id}`);
    await addTeam('Six');
    await sink.wait(path, 2);
  });
  expect(forwarded.map(({ event, status }) => [event.type, status])).toEqual([
    ['team.created', undefined],
    ['team.created', 204],
  ]);
});

it('finds the end of a log of thousands of events in few requests', async () => {
  const { data } = (await owner.api.get('/events?limit=100')).body as { data: { sequence: number }[] };
  const last = data.at(-1)?.sequence ?? 0;
  await look.query(
    `insert into domain_events (organization_id, id, type, occurred_at, data, sequence) select $1, gen_random_uuid(), 'team.created', now(), '{}', $2::bigint + n from generate_series(1, 5000) n`,
    [owner.organizationId, last],
  );
  await look.query('update event_streams set sequence = $2::bigint + 5000 where organization_id = $1', [owner.organizationId, last]);
  const { position } = await listening(sink.path(), [], () => Promise.resolve());
  expect(position).toBe(last + 5000);
});

it('ends when the server refuses the key', async () => {
  const report = { started: () => undefined, forwarded: () => undefined, warned: () => undefined };
  const listener = new WebhookListener({ server: address, key: 'tk_wrong', forwardTo: sink.urlOf(sink.path()), secret, types: [] }, report, new MachineClock());
  await expect(listener.listen(new AbortController().signal)).rejects.toThrow(ListenRefusedError);
  const { code, err } = await startTenantry({}, 'webhooks:listen', '--server', address, '--forward-to', sink.urlOf('/'), '--api-key', 'tk_wrong').ended;
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('401') });
});
