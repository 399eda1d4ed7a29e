import { afterAll, beforeAll, describe } from '@jest/globals';
import pg from 'pg';
import { MachineClock } from '../../src/common/clock.js';
import type { AppConfig } from '../../src/config/app-config.js';
import { PlatformDb } from '../../src/database/platform-db.js';
import { AuditRefusalsService } from '../../src/modules/audit/audit-log/audit-refusals.service.js';
import { AuditCheckpointsService } from '../../src/modules/audit/checkpoints/audit-checkpoints.service.js';
import { AuditVerificationService, type LogReport } from '../../src/modules/audit/hash-chain/audit-verification.service.js';
import { OrganizationErasureService } from '../../src/modules/tenants/lifecycle/organization-erasure.service.js';
import { chained } from '../support/audit.js';
import { itInBothRuns, rounds, seed } from '../support/rounds.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { Person } from '../support/world.js';

const day = 24 * 3_600_000;
const nobody = '00000000-0000-0000-0000-000000000000';
let database: ScratchDatabase;
let server: TestServer;
/** Bypasses row security and triggers: somebody with access to the database server. */
let intruder: pg.Client;
/** How many days ago everything happens. */
let ago = 0;
const past: MachineClock = { now: () => new Date(Date.now() - ago * day) };
let checkpoints: AuditCheckpointsService;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database);
  checkpoints = new AuditCheckpointsService({ appSecret: testSecret, previousSecrets: [] } as unknown as AppConfig, past);
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  intruder = new pg.Client({ connectionString: Object.assign(new URL(url), { pathname: new URL(database.owner).pathname }).href });
  await intruder.connect();
  await intruder.query(`create table _age (days integer not null); insert into _age values (0); grant select on _age to public;
    create function make_older() returns trigger language plpgsql as $$ begin new.occurred_at := new.occurred_at - (select make_interval(days => days) from public._age); return new; end $$;
    create trigger make_older before insert on audit.pending for each row execute function make_older();
    set session_replication_role = replica`);
});
afterAll(async () => {
  await intruder.end();
  await server.close();
  await database.drop();
});

/** Numbers from 0 to below 1 that a seed decides (mulberry32). */
function randomOf(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface History {
  readonly random: () => number;
  readonly people: Person[];
  /** The checkpoints as a destination has them. */
  readonly exported: Map<number, string>;
  readonly done: string[];
}

const one = <Each>({ random }: History, list: readonly Each[]): Each => list[Math.floor(random() * list.length)] as Each;
async function setAge(days: number): Promise<void> {
  ago = days;
  await intruder.query('update _age set days = $1', [days]);
}
/** Waits until every event is chained. The server has nothing left to write: what it wrote later would be of another time, or between two statements of the test. */
async function settle(): Promise<void> {
  await server.app.get(AuditRefusalsService).flush();
  await chained(intruder);
}
const makeCheckpoint = (removals?: ReadonlyMap<string, number>): Promise<unknown> =>
  server.app.get(PlatformDb).$transaction(async (tx) => checkpoints.makeCheckpoints(tx, past.now(), removals));
async function signAndExport({ exported }: History): Promise<void> {
  const { rows } = await intruder.query<{ number: string; token: string }>(
    `update audit.checkpoints set exported_at = now(), made_at = now() - make_interval(days => $1) where exported_at is null returning number::text, token`,
    [ago],
  );
  for (const { number, token } of rows) exported.set(Number(number), token);
}
const retained = (): Promise<unknown> =>
  server.app.get(PlatformDb).$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ chain: string; checkpoint: bigint }[]>`select chain::text, checkpoint from audit.remove_expired(${past.now()}::timestamptz, 25)`;
    if (rows.length > 0) await checkpoints.makeCheckpoints(tx, past.now(), new Map(rows.map(({ chain, checkpoint }) => [chain, Number(checkpoint)])));
  });

/** What may happen to a log. Some of it happens at the same time. */
const acts: Readonly<Record<string, (history: History) => Promise<unknown>>> = {
  change: (history) => {
    const { api, home } = one(history, history.people);
    return Promise.all(Array.from({ length: 1 + Math.floor(history.random() * 4) }, (_, at) => api.post(`${home}/teams`, { name: `Team ${at} ${history.random()}` })));
  },
  newcomer: async ({ people }) => void people.push(await server.world.owner()),
  refusal: async (history) => {
    const [person, other] = [one(history, history.people), one(history, history.people)];
    await person.api.get(`${other.home}/teams`);
  },
  chain: () => chained(intruder),
  checkpoint: async (history) => {
    await makeCheckpoint();
    await signAndExport(history);
  },
  retention: async (history) => {
    await intruder.query('insert into audit.log_retention (days) values (30) on conflict do nothing');
    await retained();
    await signAndExport(history);
  },
  'erasure of a person': async (history) => {
    const { userId, email } = one(history, history.people);
    const client = new pg.Client({ connectionString: database.platform });
    await client.connect();
    try {
      await client.query('select from audit.erase_person(array[$1], array[$2])', [userId, email]);
    } finally {
      await client.end();
    }
  },
  'erasure of an organization': async ({ people, random }) => {
    if (people.length < 3) return;
    const [person] = people.splice(Math.floor(random() * people.length), 1);
    await server.app.get(PlatformDb).$transaction((tx) => server.app.get(OrganizationErasureService).eraseOrganizations(tx, { id: person?.organizationId ?? nobody }));
  },
};
/** A change of the database by hand, in one transaction; false when there is nothing to change. Each loses, adds or alters something that a checkpoint has named. */
const attacks: Readonly<Record<string, (chain: string, history: History) => Promise<boolean>>> = {
  'another action': (chain, history) => changeOne(chain, history, `action = 'forged'`),
  'another time': (chain, history) => changeOne(chain, history, `occurred_at = occurred_at - interval '1 second'`),
  'another actor': (chain, history) => changeOne(chain, history, `actor_name = 'somebody else', actor_salt = coalesce(actor_salt, '\\x00')`),
  'another hash': (chain, history) => changeOne(chain, history, `hash = sha256(hash)`),
  'an event is deleted': async (chain, history) => (await sql(`delete from audit.events where ${own} and sequence = $2`, chain, await namedEvent(chain, history))) > 0,
  'the end is cut off': async (chain, history) => {
    const sequence = await namedEvent(chain, history);
    if (sequence === 0) return false;
    const before = await intruder.query(`select hash, previous_hash from audit.events where ${own} and sequence = $2`, [chain, sequence - 1]);
    const removed = await sql(`delete from audit.events where ${own} and sequence >= $2`, chain, sequence);
    await sql(`update audit.heads set sequence = $2 - 1, hash = $3, checkpointed = 0 where chain = $1`, chain, sequence, before.rows[0]?.hash ?? Buffer.alloc(32));
    return removed > 0;
  },
  'the beginning is cut off, and a checkpoint made': async (chain, history) => {
    const sequence = await namedEvent(chain, history);
    const cut = await sql(
      `update audit.heads h set checkpointed = 0, removed = $2, removed_hash = (select hash from audit.events where ${own} and sequence = $2) where chain = $1 and removed < $2 and exists (select from audit.events where ${own} and sequence = $2)`,
      chain,
      sequence,
    );
    await sql(`delete from audit.events where ${own} and sequence <= $2`, chain, sequence);
    await makeCheckpoint();
    return cut > 0;
  },
  'the end is written again with valid hashes, and a checkpoint made': async (chain, history) => {
    const person = history.people.find(({ organizationId }) => organizationId === chain);
    const last = await namedEvent(chain, history);
    if (person === undefined || !(await attacks['the end is cut off']?.(chain, history))) return false;
    for (let at = 0; at < 12; at++) await person.api.post(`${person.home}/teams`, { name: `Again ${at} ${last}` });
    await chained(intruder);
    await makeCheckpoint();
    return true;
  },
  'the chains of two organizations are exchanged': async (chain, { people }) => {
    const other = people.map(({ organizationId }) => organizationId).find((each) => each !== chain);
    if (other === undefined || chain === nobody) return false;
    const moved = await sql(
      `update audit.events set organization_id = $2::uuid where organization_id = $1 and not exists (select from audit.events o where o.organization_id = $2::uuid and o.sequence = events.sequence)`,
      chain,
      other,
    );
    return moved > 0;
  },
  'the last checkpoint is replaced by an earlier one': async () =>
    (await sql(
      `update audit.checkpoints set token = (select token from audit.checkpoints order by number limit 1) where number = (select max(number) from audit.checkpoints where number > 1)`,
    )) > 0,
  'a checkpoint is removed': async (_, { random }) =>
    (await sql(
      `delete from audit.checkpoints where number = (select 1 + floor($1::float8 * (max(number) - 1)) from audit.checkpoints) and number < (select max(number) from audit.checkpoints)`,
      random(),
    )) > 0,
  'everything since the first checkpoint is removed with its checkpoints': async (chain) => {
    const removed = await sql(`delete from audit.checkpoints where number > 1`);
    await sql(`update audit.heads set checkpointed = 0 where chain = $1`, chain);
    return removed > 0;
  },
};
const own = `organization_id is not distinct from nullif($1::uuid, '${nobody}')`;
const sql = async (text: string, ...values: unknown[]): Promise<number> => (await intruder.query(text, values)).rowCount ?? 0;
const changeOne = async (chain: string, history: History, change: string): Promise<boolean> =>
  (await sql(`update audit.events set ${change} where ${own} and sequence = $2`, chain, await namedEvent(chain, history))) > 0;
/** Returns the number of an event that a checkpoint has named, or that is before such a one; 0 for none: refusals are written some time after their request. */
async function namedEvent(chain: string, { random }: History): Promise<number> {
  const { rows } = await intruder.query<{ removed: string; named: string }>(
    'select removed::text, least(checkpointed, sequence)::text as named from audit.heads where chain = $1',
    [chain],
  );
  const [removed, named] = [Number(rows[0]?.removed ?? 0), Number(rows[0]?.named ?? 0)];
  return named <= removed ? 0 : removed + 1 + Math.floor(random() * (named - removed));
}

const verify = ({ exported }: History): Promise<LogReport> => server.app.get(AuditVerificationService).verifyLog(undefined, { exported: [...exported.values()] });
const faultsOf = ({ chains, checkpoints: { bad } }: LogReport): unknown[] => [...chains.filter((chain) => chain.bad !== undefined), ...(bad === undefined ? [] : [bad])];
async function expectValid(history: History, when: string): Promise<void> {
  const faults = faultsOf(await verify(history));
  if (faults.length > 0) throw new Error(`the log is not valid ${when}: ${JSON.stringify(faults)}`);
}

async function live(history: History, length: number): Promise<void> {
  const names = Object.keys(acts);
  for (let step = 0; step < length; step++) {
    const together = Array.from({ length: 1 + Math.floor(history.random() * 3) }, () => one(history, names));
    history.done.push(together.join(' | '));
    const work = together.map(async (name) => acts[name]?.(history));
    // A failure ends the history, and nothing of it goes on during the next one.
    const ended = await Promise.allSettled([...work, ...(history.random() < 0.5 ? [expectValid(history, `during step ${step}`)] : [])]);
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
    await expectValid(history, `after step ${step}`);
    if (history.random() < 0.35) {
      history.done.push('time passes');
      await settle();
      await setAge(Math.max(0, ago - 15));
    }
  }
}

async function begin(of: number): Promise<History> {
  await server.app.get(AuditRefusalsService).flush();
  await intruder.query(
    `drop table if exists copy_of_events, copy_of_heads, copy_of_checkpoints; truncate audit.checkpoints, audit.log_retention, audit.erased_persons, audit.pending; delete from audit.events; delete from audit.heads`,
  );
  await setAge(75);
  const history: History = { random: randomOf(of), people: [], exported: new Map(), done: [] };
  for (const _ of [1, 2, 3]) history.people.push(await server.world.owner());
  return history;
}

describe('random histories of the audit log', () => {
  itInBothRuns.each(Array.from({ length: rounds(2, 12) }, (_, number) => seed + number))(
    'history %i is valid at each moment, and no longer when somebody changes it by hand',
    async (of) => {
      const history = await begin(of);
      try {
        await live(history, 14);
        await settle();
        await makeCheckpoint();
        await signAndExport(history);
        await expectValid(history, 'before the attacks');
        for (const [name, attack] of Object.entries(attacks)) {
          const chain = one(history, [nobody, ...history.people.map(({ organizationId }) => organizationId)]);
          await intruder.query(
            'create table _copy_of_events as table audit.events; create table _copy_of_heads as table audit.heads; create table _copy_of_checkpoints as table audit.checkpoints',
          );
          history.done.push(`${name} in ${chain}`);
          if ((await attack(chain, history)) && faultsOf(await verify(history)).length === 0) throw new Error(`the verification does not find that ${name}`);
          await chained(intruder).catch(() => undefined);
          await intruder.query(`truncate audit.events, audit.heads, audit.checkpoints, audit.pending; insert into audit.events table _copy_of_events; insert into audit.heads table _copy_of_heads;
            insert into audit.checkpoints table _copy_of_checkpoints; drop table _copy_of_events, _copy_of_heads, _copy_of_checkpoints`);
          await expectValid(history, 'after the attack was undone');
        }
      } catch (error) {
        throw new Error(`${error instanceof Error ? error.message : String(error)}\nhistory ${of}:\n${history.done.join('\n')}`, { cause: error });
      }
    },
    60_000,
  );
});
