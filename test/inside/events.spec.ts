import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { JobRegistryService } from '../../src/jobs/job-registry.service.js';
import { JobRunsService, type JobOutcome } from '../../src/jobs/job-runs.service.js';
import { PlatformDb } from '../../src/database/platform-db.js';
import { AuditChainService } from '../../src/modules/audit/hash-chain/audit-chain.service.js';
import { AuditErasureService } from '../../src/modules/audit/hash-chain/audit-erasure.service.js';
import { EmitsEvents } from '../../src/modules/events/event-source.js';
import { EventStreamsService, type Turns } from '../../src/modules/events/event-streams.service.js';
import { EventTypesService } from '../../src/modules/events/event-types.service.js';
import { EventWriterService } from '../../src/modules/events/event-writer.service.js';
import { OrganizationErasureService } from '../../src/modules/tenants/lifecycle/organization-erasure.service.js';
import { MetricsService } from '../../src/observability/metrics.service.js';
import { chained } from '../support/audit.js';
import type { Answer } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { lockWaiters, sessionOf } from '../support/lock-waiters.js';
import { inDatabase, scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { Person } from '../support/world.js';

interface Event {
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A route that reads, as the contract describes it. */
interface ReadOperation {
  readonly 'x-permission'?: string;
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: { readonly $ref?: string } }>> }>>;
}

class LabelDto {
  name!: unknown;
}

/** Makes changes of custom roles events, of which some cannot be written. */
@EmitsEvents<{ readonly id: string; readonly name: string }, LabelDto>({
  name: 'label',
  model: 'CustomRole',
  permission: 'roles:read',
  dto: LabelDto,
  toDto: ({ name }) => {
    if (name === 'throws') throw new Error('the code is wrong');
    const faults: Readonly<Record<string, unknown>> = { bigint: 1n, surrogate: 'half \ud83d', nul: 'a\0b' };
    return { name: faults[name] ?? name };
  },
})
class LabelsService {}

@Module({ providers: [LabelsService] })
class LabelsModule {}

let database: ScratchDatabase;
let server: TestServer;
/** Bypasses row security and triggers. */
let admin: pg.Client;
let streams: EventStreamsService;
let a: Person;
let b: Person;
beforeAll(async () => {
  database = await scratchDatabase();
  // No worker writes events but when a test says so.
  server = await startTestServer({ JOBS_ENABLED: 'false', CATALOG: 'quizmarker' }, database, { modules: [LabelsModule] });
  streams = server.app.get(EventStreamsService);
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  admin = new pg.Client({ connectionString: inDatabase(url, new URL(database.owner).pathname.slice(1)) });
  await admin.connect();
});
beforeEach(async () => {
  [a, b] = await server.world.twoTenants();
  // Their logs begin after their sign-up.
  await chainAll();
});
afterAll(async () => {
  await admin.end();
  await server.close();
  await database.drop();
});

async function eventsOf({ api }: Person, after = 0): Promise<readonly Event[]> {
  const found: Event[] = [];
  let cursor: string | null = String(after);
  while (cursor !== null) {
    const answer: Answer = await api.get(`/events?after=${cursor}&limit=100`);
    expect(answer.status).toBe(200);
    found.push(...(answer.body.data as Event[]));
    cursor = answer.body.nextCursor as string | null;
  }
  return found;
}

const addTeam = ({ api, home }: Person, name: string): Promise<unknown> => api.post(`${home}/teams`, { name });
const positionOf = async ({ api }: Person): Promise<number> => (await api.get('/events?limit=100')).body.position;
const faultsOf = async (): Promise<number> => Number(/^tenantry_event_faults_total (\d+)$/m.exec(await server.app.get(MetricsService).registry.metrics())?.[1]);
const chainAll = (): Promise<pg.Client> => chained(admin);
async function purge(): Promise<JobOutcome> {
  const job = server.app.get(JobRegistryService).get('purge-events');
  return server.app.get(JobRunsService).attempt(job, job.timetable.periodOf(new Date()), { force: true });
}
const left = async ({ organizationId }: Person): Promise<number> => (await admin.query('select from event_changes where organization_id = $1', [organizationId])).rowCount ?? 0;

/** Adds changes as `audit.hand_over()` does, without the rows. */
const addChanges = ({ organizationId }: Person, count: number): Promise<unknown> =>
  admin.query(
    `insert into event_changes (organization_id, relation, row_id, operation, before, occurred_at)
     select $1, 'teams', gen_random_uuid(), 'delete', jsonb_build_object('id', gen_random_uuid(), 'name', 'Team ' || n), now() from generate_series(1, $2::int) n`,
    [organizationId, count],
  );

/** Gives each organization a turn. @returns whether more may wait */
async function giveTurns(): Promise<boolean> {
  let [any, next]: [boolean, string | undefined] = [false, undefined];
  do {
    const turns: Turns = await streams.writeWaiting(next);
    any ||= turns.more;
    next = turns.next;
  } while (next !== undefined);
  return any;
}

/** Lets the last read of a stream be long ago. */
const forget = ({ organizationId }: Person): Promise<unknown> =>
  admin.query(`update event_streams set read_at = now() - interval '31 days' where organization_id = $1`, [organizationId]);

describe('a log that nobody reads', () => {
  it('is closed, and continues its numbers when it is read again; who has read it before learns that events are missing', async () => {
    await positionOf(a);
    await addTeam(a, 'One');
    const position = await positionOf(a);
    await forget(a);
    expect(await purge()).toMatchObject({ outcome: 'done' });
    await addTeam(a, 'Missed');
    await chainAll();
    expect(await left(a)).toBe(0);
    expect(await a.api.get(`/events?after=${position}`)).toMatchObject({ status: 410, body: { code: 'events_missing' } });
    await addTeam(a, 'Two');
    const events = await eventsOf(a);
    expect(events.map(({ data }) => data['name'])).toEqual(['Two']);
    expect(events[0]?.sequence).toBeGreaterThan(position + 1);
    expect(await a.api.get(`/events?after=${position}`)).toMatchObject({ status: 410 });
    expect((await a.api.get(`/events?after=${events[0]?.sequence}`)).body).toMatchObject({ data: [], nextCursor: null, position: events[0]?.sequence });
  });

  it('stays open for as long as something else reads it', async () => {
    await positionOf(a);
    await positionOf(b);
    await forget(a);
    await forget(b);
    const asked: (readonly string[])[] = [];
    streams.keepOpen((_, organizationIds) => {
      asked.push(organizationIds);
      return Promise.resolve([a.organizationId]);
    });
    await purge();
    expect(asked.at(-1)).toEqual(expect.arrayContaining([a.organizationId, b.organizationId]));
    const { rows } = await admin.query('select organization_id::text as id from event_streams where closed_at is null and organization_id = any($1)', [
      [a.organizationId, b.organizationId],
    ]);
    expect(rows).toEqual([{ id: a.organizationId }]);
  });

  it('changes that a closed stream has not written are removed', async () => {
    await positionOf(a);
    await admin.query('update event_streams set closed_at = now() where organization_id = $1', [a.organizationId]);
    await addChanges(a, 3);
    await giveTurns();
    expect(await left(a)).toBe(0);
  });
});

describe('events that are older than 30 days', () => {
  it('are deleted, and who has not read them learns it', async () => {
    await positionOf(a);
    for (const name of ['One', 'Two', 'Three']) await addTeam(a, name);
    const position = await positionOf(a);
    await admin.query(`update domain_events set occurred_at = now() - interval '31 days' where organization_id = $1 and sequence < $2`, [a.organizationId, position]);
    await purge();
    expect((await eventsOf(a)).map(({ sequence }) => sequence)).toEqual([position]);
    expect((await eventsOf(a, position - 1)).map(({ sequence }) => sequence)).toEqual([position]);
    expect(await a.api.get(`/events?after=${position - 2}`)).toMatchObject({ status: 410, body: { code: 'events_missing' } });
    expect(await a.api.get(`/events?after=${position + 1}`)).toMatchObject({ status: 410, body: { code: 'events_missing' } });
  });

  it('are deleted also if one organization has more than any bound of other jobs', async () => {
    await admin.query('set session_replication_role = replica');
    await admin.query(
      `insert into domain_events (organization_id, id, type, occurred_at, data)
       select $1, gen_random_uuid(), 'usage.threshold_reached', now() - interval '31 days' - n * interval '1 second', '{}' from generate_series(1, 120000) n`,
      [a.organizationId],
    );
    await admin.query('set session_replication_role = origin');
    const outcome = await purge();
    expect(outcome).toMatchObject({ outcome: 'done' });
    expect((await admin.query(`select from domain_events where occurred_at < now() - interval '31 days' limit 1`)).rowCount).toBe(0);
  }, 60_000);
});

describe('an event that cannot be written', () => {
  const faulty = ['throws', 'bigint', 'surrogate', 'nul'];

  it.each(faulty)('holds up no other, and shows the id of its row: %s', async (name) => {
    await positionOf(a);
    const before = await positionOf(a);
    const faults = await faultsOf();
    for (const each of ['Before', name, 'After']) expect((await a.api.post(`${a.home}/roles`, { name: each, permissions: [] })).status).toBe(201);
    const events = (await eventsOf(a, before)).filter(({ type }) => type === 'label.created');
    expect(events).toMatchObject([
      { version: 1, data: { name: 'Before' } },
      { version: 0, data: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) } },
      { version: 1, data: { name: 'After' } },
    ]);
    expect(await faultsOf()).toBe(faults + 1);
  });

  it('the id of a row need not be a UUID', async () => {
    await positionOf(a);
    await admin.query(`select audit.record_change($1, 'custom_roles', 'no uuid', null, '{"name": "None"}')`, [a.organizationId]);
    await addTeam(a, 'Next');
    expect((await eventsOf(a)).map(({ data }) => data['name'])).toEqual(['Next']);
  });
});

describe('the writer', () => {
  it('writes changes in their order, also when their numbers get another digit', async () => {
    await positionOf(a);
    const { rows } = await admin.query<{ next: string }>('select last_value::text as next from event_changes_id_seq');
    await admin.query(`select setval('event_changes_id_seq', $1::bigint)`, ['9'.repeat((rows[0]?.next.length ?? 0) + 1).replace(/9$/, '6')]);
    await addChanges(a, 8);
    const { rows: changes } = await admin.query(`select c.before ->> 'id' as id from event_changes c where c.organization_id = $1 order by c.id`, [a.organizationId]);
    expect((await eventsOf(a)).map(({ data }) => data)).toEqual(changes);
    expect(changes).toHaveLength(8);
    expect(await left(a)).toBe(0);
  });

  it('gives each organization a turn, and leaves those to others whose stream is locked', async () => {
    await positionOf(a);
    await positionOf(b);
    await addChanges(a, 1200);
    await addChanges(b, 3);
    expect(await giveTurns()).toBe(true);
    expect(await left(b)).toBe(0);
    expect(await left(a)).toBe(700);
    await admin.query('begin');
    try {
      await admin.query('select from event_streams where organization_id = $1 for update', [a.organizationId]);
      const before = await left(a);
      await addChanges(b, 3);
      while (await giveTurns());
      expect(await left(a)).toBe(before);
    } finally {
      await admin.query('rollback');
    }
    while (await giveTurns());
    expect(await left(a)).toBe(0);
    expect((await eventsOf(a)).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 1200 }, (_, n) => n + 1));
  });

  it('writes those of many organizations, also if the events of some cannot be written', async () => {
    const ids = Array.from({ length: 230 }, () => randomUUID()).sort();
    await admin.query(`insert into organizations (id, name, slug, plan, updated_at) select id, 'Many', 'many-' || id, 'free', now() from unnest($1::uuid[]) id`, [ids]);
    await chainAll();
    await admin.query('insert into event_streams (organization_id) select id from unnest($1::uuid[]) id', [ids]);
    // Their next number is taken.
    const faulty = [ids[0], ids[120], ids[229]];
    await admin.query(
      `insert into domain_events (organization_id, id, type, occurred_at, data, sequence) select id, gen_random_uuid(), 'team.created', now(), '{}', 1 from unnest($1::uuid[]) id`,
      [faulty],
    );
    await admin.query(
      `insert into event_changes (organization_id, relation, row_id, operation, before, occurred_at)
       select id, 'teams', gen_random_uuid(), 'delete', jsonb_build_object('id', gen_random_uuid()), now() from unnest($1::uuid[]) id, generate_series(1, 2)`,
      [ids],
    );
    expect(await giveTurns()).toBe(false);
    const { rows } = await admin.query<{ id: string }>('select distinct organization_id::text as id from event_changes where organization_id = any($1) order by 1', [ids]);
    expect(rows.map(({ id }) => id)).toEqual(faulty);
    await admin.query('delete from organizations where id = any($1)', [ids]);
  });

  it('a request writes a limited number of events, and says that there are more', async () => {
    await positionOf(a);
    await addChanges(a, 1200);
    const { body } = await a.api.get('/events?limit=1');
    expect(body).toMatchObject({ data: [{ sequence: 1 }], nextCursor: '1', position: 1 });
    expect(await left(a)).toBe(700);
    // At the end of what is written, there is a next page.
    expect((await a.api.get('/events?after=500')).body.nextCursor).not.toBeNull();
    expect((await eventsOf(a)).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 1200 }, (_, n) => n + 1));
  });

  it('events of usage and billing are announced by the database, if somebody reads them', async () => {
    await positionOf(a);
    const add = ({ organizationId }: Person): Promise<unknown> =>
      admin.query(`insert into domain_events (organization_id, id, type, occurred_at, data) values ($1, $2, 'usage.threshold_reached', now(), '{"meter": "one"}')`, [
        organizationId,
        randomUUID(),
      ]);
    await add(a);
    await add(b);
    expect([await left(a), await left(b)]).toEqual([1, 0]);
    await giveTurns();
    expect(await left(a)).toBe(0);
    const numbers = async ({ organizationId }: Person): Promise<unknown> =>
      (await admin.query('select sequence from domain_events where organization_id = $1', [organizationId])).rows;
    expect([await numbers(a), await numbers(b)]).toEqual([[{ sequence: '1' }], [{ sequence: null }]]);
    // The log begins with the events from before its first call.
    expect(await eventsOf(b)).toMatchObject([{ sequence: 1, type: 'usage.threshold_reached' }]);
  });

  it('a writer that is killed loses nothing, and writes nothing twice', async () => {
    await positionOf(a);
    await addChanges(a, 10);
    const holder = new pg.Client({ connectionString: database.platform });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from event_streams where organization_id = $1 for update', [a.organizationId]);
    const killed = server.app
      .get(EventWriterService)
      .writeBatch(a.organizationId)
      .catch((error: unknown) => error);
    const session = await sessionOf(holder);
    expect(
      await eventually(
        () => lockWaiters(admin, session),
        (count) => count === 1,
      ),
    ).toBe(1);
    await admin.query(`select pg_terminate_backend(pid) from pg_locks l where $1 = any(pg_blocking_pids(l.pid)) and not l.granted`, [session]);
    expect(await killed).toBeInstanceOf(Error);
    await holder.query('rollback');
    await holder.end();
    expect((await eventsOf(a)).map(({ sequence }) => sequence)).toEqual(Array.from({ length: 10 }, (_, n) => n + 1));
  });

  it('a change that is rolled back is no event', async () => {
    const position = await positionOf(a);
    const client = new pg.Client({ connectionString: database.platform });
    await client.connect();
    await client.query('begin');
    await client.query(`insert into teams (organization_id, id, name, updated_at) values ($1, gen_random_uuid(), 'Never', now())`, [a.organizationId]);
    const meanwhile = await eventsOf(a, position);
    await client.query('rollback');
    await client.end();
    expect([...meanwhile, ...(await eventsOf(a, position))]).toEqual([]);
  });
});

describe('who reads events', () => {
  /** Returns a member with a custom role that can read events, and not much else. */
  async function reader(): Promise<Person> {
    const { body: role } = await a.api.post(`${a.home}/roles`, { name: 'Reader', permissions: ['events:read'] });
    const member = await server.world.member(a);
    expect((await a.api.patch(`${a.home}/members/${member.userId}`, { customRoles: [role.key] })).status).toBe(200);
    await chainAll();
    return member;
  }

  it('reads those of the resources that the API shows to the caller, and passes over the others', async () => {
    await positionOf(a);
    const member = await reader();
    await addTeam(a, 'Seen');
    await a.api.post(`${a.home}/api-keys`, { name: 'Hidden', permissions: [] });
    const all = await eventsOf(a);
    expect(new Set(all.map(({ type }) => type))).toEqual(new Set(['api_key.created', 'label.created', 'member.added', 'team.created']));
    const { body } = await member.api.get('/events?limit=100');
    expect(body.data.map(({ type }: Event) => type).sort()).toEqual(['label.created', 'member.added', 'team.created']);
    expect(body).toMatchObject({ nextCursor: null, position: all.at(-1)?.sequence });
  });

  it('a page ends after a number of events that the caller cannot read, and names the next one', async () => {
    await positionOf(a);
    const member = await reader();
    await positionOf(a);
    await admin.query(
      `insert into domain_events (organization_id, id, type, occurred_at, data, sequence)
       select $1, gen_random_uuid(), case when n = 2500 then 'team.created' else 'api_key.created' end, now(), '{}', s.sequence + n
         from event_streams s, generate_series(1, 2500) n where s.organization_id = $1`,
      [a.organizationId],
    );
    const { rows } = await admin.query(`update event_streams set sequence = sequence + 2500 where organization_id = $1 returning sequence::int as sequence`, [a.organizationId]);
    const last = rows[0].sequence as number;
    expect((await member.api.get(`/events?after=${last - 2500}`)).body).toEqual({ data: [], nextCursor: String(last - 1500), position: last - 1500 });
    expect((await eventsOf(member, last - 2500)).map(({ sequence }) => sequence)).toEqual([last]);
    expect((await member.api.get(`/events?after=${last - 1000}&limit=1`)).body).toMatchObject({ data: [{ sequence: last }], nextCursor: null, position: last });
  });

  it('the events of a resource require the permission of the route that answers it', async () => {
    const { paths } = JSON.parse(await readFile('openapi.json', 'utf8')) as { readonly paths: Readonly<Record<string, { readonly get?: ReadOperation }>> };
    const permissions = new Map<string, Set<string | undefined>>();
    for (const { get } of Object.values(paths)) {
      const schema = get?.responses['200']?.content?.['application/json']?.schema?.$ref?.replace('#/components/schemas/', '');
      if (schema !== undefined) permissions.set(schema, (permissions.get(schema) ?? new Set()).add(get?.['x-permission']));
    }
    const others = [...server.app.get(EventTypesService).types].filter(([, { data, permission }]) => permissions.get(data.name)?.has(permission) === false);
    expect(others).toEqual([]);
    expect(permissions.size).toBeGreaterThan(20);
  });
});

describe('an erasure', () => {
  const eraseOrganization = ({ organizationId }: Person): Promise<number> =>
    server.app.get(PlatformDb).$transaction((tx) => server.app.get(OrganizationErasureService).eraseOrganizations(tx, { id: organizationId }));

  /** Runs two tasks at once: each begins when the one before it waits for what a statement holds. Then it is free. */
  async function meet(hold: string, values: readonly unknown[], ...tasks: (() => Promise<unknown>)[]): Promise<unknown[]> {
    await admin.query('begin');
    const running: Promise<unknown>[] = [];
    try {
      await admin.query(hold, [...values]);
      const session = await sessionOf(admin);
      for (const task of tasks) {
        running.push(task().catch((error: unknown) => error));
        expect(
          await eventually(
            () => lockWaiters(admin, session),
            (count) => count >= running.length,
          ),
        ).toBe(running.length);
      }
    } finally {
      await admin.query('rollback');
    }
    return Promise.all(running);
  }

  it('of an organization waits for the chain, which passes changes to its stream', async () => {
    await positionOf(a);
    const done = await meet(
      'select from audit.heads where chain = $1 for update',
      [a.organizationId],
      async () => {
        await addTeam(a, 'Last');
        await server.app.get(AuditChainService).chainEventsOf(a.organizationId);
      },
      () => eraseOrganization(a),
    );
    expect(done).toEqual([undefined, 1]);
    expect(await left(a)).toBe(0);
  });

  it('of an organization waits for its writer, and its worker does not wait for an erasure', async () => {
    await positionOf(a);
    await addChanges(a, 3);
    const writer = server.app.get(EventWriterService);
    const done = await meet(
      'select from event_streams where organization_id = $1 for update',
      [a.organizationId],
      () => writer.writeBatch(a.organizationId),
      () => eraseOrganization(a),
    );
    expect(done).toEqual([false, 1]);
    expect((await admin.query('select from domain_events where organization_id = $1', [a.organizationId])).rowCount).toBe(0);
    await positionOf(b);
    await addChanges(b, 3);
    await admin.query('begin');
    await admin.query('select from organizations where id = $1 for update', [b.organizationId]);
    expect(await writer.writeBatch(b.organizationId, { skipLocked: true })).toBe(false);
    await admin.query('rollback');
    expect(await left(b)).toBe(3);
  });

  it('of a person waits for events that are being written, and leaves none that names the person', async () => {
    await positionOf(a);
    const email = server.world.email();
    await server.world.invitationToken(a, email);
    // The answer of a receiver, to an event that does not name the person.
    await admin.query(
      `with e as (insert into domain_events (organization_id, id, type, occurred_at, data) values ($1, gen_random_uuid(), 'webhook.test', now(), '{}') returning id),
            d as (insert into webhook_deliveries (organization_id, id, webhook_id, event_id, event_type) select $1, gen_random_uuid(), gen_random_uuid(), e.id, 'webhook.test' from e returning id)
       insert into webhook_attempts (organization_id, id, delivery_id, started_at, duration_ms, url, headers, result, status, answer)
       select $1, gen_random_uuid(), d.id, now(), 1, 'https://example.com/', '{}', 'refused', 400, a.answer from d, unnest($2::text[]) as a (answer)`,
      [a.organizationId, [`unknown user <${email.toUpperCase()}>`, `unknown user x${email}`]],
    );
    await chainAll();
    expect(await left(a)).toBeGreaterThan(0);
    // The writer waits for the number that another transaction has given.
    const done = await meet(
      `insert into domain_events (organization_id, id, type, occurred_at, data, sequence) values ($1, gen_random_uuid(), 'team.created', now(), '{}', 1)`,
      [a.organizationId],
      () => server.app.get(EventWriterService).writeBatch(a.organizationId),
      () => server.app.get(AuditErasureService).erasePerson({ email }),
    );
    expect(done).toEqual([false, expect.objectContaining({ events: 1 })]);
    expect((await admin.query('select from domain_events where strpos(data::text, $1) > 0', [email])).rowCount).toBe(0);
    expect(await left(a)).toBe(0);
    const answers = await admin.query<{ answer: string | null }>('select answer from webhook_attempts where organization_id = $1 order by answer nulls first', [a.organizationId]);
    expect(answers.rows).toEqual([{ answer: null }, { answer: `unknown user x${email}` }]);
  });
});
