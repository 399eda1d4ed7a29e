import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { PlatformPool } from '../../src/database/wire/platform-pool.js';
import { PlatformAdminsService } from '../../src/modules/auth/platform/platform-admins.service.js';
import type { EventSinkDto } from '../../src/modules/sinks/sinks.dto.js';
import { readBatch } from '../../src/modules/sinks/sink-stream.queries.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { LineSink, linesOf, type SinkLine } from '../support/line-sink.js';
import { S3Server } from '../support/s3-server.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { goodPassword, type Person } from '../support/world.js';

let database: ScratchDatabase;
let look: pg.Pool;
let sink: LineSink;
let bucket: S3Server;
let server: TestServer;
let operator: Client;

beforeAll(async () => {
  database = await scratchDatabase();
  look = new pg.Pool({ connectionString: database.platform });
  [sink, bucket] = [await LineSink.open(), await S3Server.start()];
  const { accessKeyId, secretAccessKey, region } = S3Server.access;
  const credentials = { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey, S3_REGION: region };
  const sinks = { EVENT_SINK_URL: sink.url, EVENT_SINK_TOKEN: 'the token', EVENT_SINK_STORAGE_URL: `${bucket.url}/stream`, EVENT_SINK_INTERVAL: '1' };
  server = await startTestServer({ CATALOG: 'quizmarker', JOBS_ENABLED: 'true', METRICS_TOKEN: 'a token of the metrics', ...sinks, ...credentials }, database);
  const email = server.world.email('operator');
  await server.app.get(PlatformAdminsService).createPlatformAdmin(email, 'Otto', goodPassword);
  operator = server.api.as((await server.api.post('/auth/login', { email, password: goodPassword })).body.accessToken);
  // The stream begins when a replica has created the cursors.
  await eventually(
    async () => (await look.query('select from event_sinks')).rowCount,
    (count) => count === 2,
  );
});
afterAll(async () => {
  await server.close();
  await sink.close();
  await bucket.close();
  await look.end();
  await database.drop();
});

async function addTeam({ api, home }: Person): Promise<string> {
  const { status, body, text } = await api.post(`${home}/teams`, { name: server.world.unique('team') });
  if (status !== 201) throw new Error(text);
  return body.id as string;
}
const stored = (): SinkLine[] => [...bucket.objects.values()].flatMap(({ content }) => linesOf(content.toString()));
const teamsIn = (lines: readonly SinkLine[]): unknown[] => lines.flatMap(({ type, data }) => (type === 'team.created' ? [data?.['id']] : []));
/** Waits until both sinks have the events of some teams. */
const arrived = (teams: readonly string[]): Promise<unknown> =>
  eventually(
    () => Promise.resolve([teamsIn(sink.lines), teamsIn(stored())]),
    (sinks) => sinks.every((known) => teams.every((team) => known.includes(team))),
    20_000,
  );
const agesOf = async (): Promise<Record<string, number>> => {
  const response = await fetch(`${server.url}/metrics`, { headers: { authorization: 'Bearer a token of the metrics' } });
  const text = await response.text();
  return Object.fromEntries([...text.matchAll(/tenantry_sink_oldest_waiting_age_seconds\{sink="(\w+)"\} (\S+)/g)].map(([, name = '', value]) => [name, Number(value)]));
};

const stateOf = async (): Promise<Partial<Record<string, EventSinkDto>>> =>
  Object.fromEntries((await operator.get('/platform/sinks')).body.data.map((state: EventSinkDto) => [state.name, state]));

it('both sinks get the events and the audit events of all organizations and of the platform, as the API shows them', async () => {
  const [owner, other] = await server.world.twoTenants();
  const teams = [await addTeam(owner), await addTeam(other)];
  await server.app.get(PlatformAdminsService).createPlatformAdmin(server.world.email('operator'), 'Olga', goodPassword);
  await arrived(teams);
  expect(sink.headers).toMatchObject({ 'content-type': 'application/x-ndjson', authorization: 'Bearer the token' });
  const { data: events } = (await owner.api.get('/events?limit=100')).body;
  const { data: audited } = (await owner.api.get(`${owner.home}/audit-logs?action=createTeam`)).body;
  const keyOf = ({ kind, id }: SinkLine): string => `${kind} ${id}`;
  await eventually(
    () => Promise.resolve([sink.lines.map(keyOf), stored().map(keyOf)]),
    (sinks) => sinks.every((known) => known.includes(`audit ${audited[0].id}`)),
    20_000,
  );
  const ofPlatform = ({ kind, organizationId }: SinkLine): boolean => kind === 'audit' && organizationId === null;
  await eventually(
    () => Promise.resolve([sink.lines, stored()]),
    (sinks) => sinks.every((lines) => lines.some(ofPlatform)),
    20_000,
  );
  for (const lines of [sink.lines, stored()]) {
    expect(lines.find(({ type, organizationId }) => type === 'team.created' && organizationId === owner.organizationId)).toEqual({
      kind: 'event',
      ...events.find(({ type }: { type: string }) => type === 'team.created'),
    });
    expect(lines.find(({ id }) => id === audited[0].id)).toEqual({ kind: 'audit', organizationId: owner.organizationId, ...audited[0] });
    expect(lines.some(ofPlatform)).toBe(true);
    // Within an organization and a kind, the order is that of the log.
    const numbers = lines.filter(({ kind, organizationId }) => kind === 'audit' && organizationId === owner.organizationId).map(({ sequence }) => sequence);
    expect(numbers).toEqual(numbers.toSorted((one, two) => one - two));
  }
  for (const key of bucket.objects.keys()) expect(key).toMatch(/stream\/\d{4}\/\d\d\/\d\d\/\d\d\/\d{8}T\d{9}Z-[0-9a-f-]{36}\.ndjson$/);
  await eventually(agesOf, (ages) => ages['http'] === 0 && ages['storage'] === 0);
  expect(await agesOf()).toEqual({ http: 0, storage: 0 });
});

it('what a sink refuses waits and is sent later; the other sink and the organizations do not wait', async () => {
  const owner = await server.world.owner();
  sink.status = 503;
  const before = sink.requests;
  const teams = [await addTeam(owner), await addTeam(owner)];
  await eventually(
    () => Promise.resolve(teamsIn(stored())),
    (known) => teams.every((team) => known.includes(team)),
    20_000,
  );
  await eventually(
    () => Promise.resolve(sink.requests),
    (requests) => requests > before,
  );
  expect((await owner.api.get('/events?limit=100')).body.data.map(({ data }: SinkLine) => data?.['id'])).toEqual(expect.arrayContaining(teams));
  expect(teamsIn(sink.lines)).not.toContain(teams[0]);
  expect((await agesOf())['http']).toBeGreaterThan(0);
  const refused = await eventually(stateOf, ({ http }) => http !== undefined && http.failures > 0);
  expect(refused['http']).toMatchObject({ configured: true, lastFailure: 'The server of EVENT_SINK_URL answered 503.' });
  for (const time of ['startedAt', 'lastDeliveredAt', 'waitingSince', 'lastFailedAt', 'nextAttemptAt'] as const)
    expect(Date.parse(String(refused['http']?.[time]))).toBeGreaterThan(0);
  expect(Date.parse(String(refused['http']?.waitingSince))).toBeGreaterThan(Date.parse(String(refused['http']?.startedAt)));
  expect(refused['storage']).toMatchObject({ configured: true, failures: 0, lastFailedAt: null, lastFailure: null, nextAttemptAt: null });
  expect((await owner.api.get('/platform/sinks')).status).toBe(403);
  sink.status = 204;
  await look.query('update event_sinks set next_attempt_at = now()');
  await arrived(teams);
  // The failure stays known.
  const recovered = await eventually(stateOf, ({ http }) => http?.waitingSince === null);
  expect(recovered['http']).toMatchObject({ failures: 0, nextAttemptAt: null, lastFailure: refused['http']?.lastFailure });
  expect(Date.parse(String(recovered['http']?.lastDeliveredAt))).toBeGreaterThan(Date.parse(String(recovered['http']?.lastFailedAt)));
  // Nothing was sent twice: the receiver accepted nothing before.
  expect(teamsIn(sink.lines).filter((team) => team === teams[0])).toHaveLength(1);
});

it('one replica sends at a time, and another one continues after its lease', async () => {
  const owner = await server.world.owner();
  await arrived([await addTeam(owner)]);
  await eventually(
    async () =>
      (await look.query(`update event_sinks set lease = gen_random_uuid(), leased_until = now() + interval '1 hour' where name = 'http' and leased_until is null`)).rowCount,
    (count) => count === 1,
  );
  const before = sink.requests;
  const team = await addTeam(owner);
  await eventually(
    () => Promise.resolve(teamsIn(stored())),
    (known) => known.includes(team),
    20_000,
  );
  expect(sink.requests).toBe(before);
  await look.query(`update event_sinks set leased_until = now() where name = 'http'`);
  await arrived([team]);
});

it('many events of one transaction arrive in several batches, each once', async () => {
  const owner = await server.world.owner();
  await look.query(
    `insert into domain_events (organization_id, id, type, occurred_at, data)
     select $1, gen_random_uuid(), 'usage.threshold_reached', now(), jsonb_build_object('number', n) from generate_series(1, 1500) n`,
    [owner.organizationId],
  );
  const numbers = (): number[] =>
    sink.lines.filter(({ organizationId, type }) => organizationId === owner.organizationId && type === 'usage.threshold_reached').map(({ sequence }) => sequence);
  await eventually(
    () => Promise.resolve(numbers().length),
    (count) => count >= 1500,
    20_000,
  );
  expect(new Set(numbers()).size).toBe(1500);
  expect(numbers()).toEqual(numbers().toSorted((one, two) => one - two));
  expect(numbers()).toHaveLength(1500);
});

it('ranges are sent in the order of their numbers, not of their digits', async () => {
  const owner = await server.world.owner();
  await addTeam(owner);
  await addTeam(owner);
  await eventually(
    async () => (await look.query('select from domain_events where organization_id = $1 and sequence <= 2', [owner.organizationId])).rowCount,
    (count) => count === 2,
  );
  await look.query(`insert into event_sinks (name) values ('another')`);
  const ranges = `insert into sink_ranges (id, sink, chain, kind, after, until) values (9999999, 'another', $1, 'event', 0, 1), (10000000, 'another', $1, 'event', 1, 2)`;
  await look.query(ranges, [owner.organizationId]);
  const batch = await readBatch(server.app.get(PlatformPool), 'another');
  await look.query(`delete from event_sinks where name = 'another'`);
  const own = linesOf(batch?.lines.join('\n') ?? '').filter(({ kind, organizationId }) => kind === 'event' && organizationId === owner.organizationId);
  expect(own.map(({ sequence }) => sequence)).toEqual([1, 2]);
});
