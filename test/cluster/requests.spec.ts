import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/process.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { goodPassword } from '../support/world.js';

let database: ScratchDatabase;
let look: pg.Client;
let replicas: ServerProcess[];

const start = (): Promise<ServerProcess> =>
  ServerProcess.start({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    APP_SECRET: testSecret,
    APP_URL: 'https://app.tenantry.test',
    CATALOG: 'test/catalogs/usage.yaml',
    DATABASE_URL: database.app,
    DATABASE_PLATFORM_URL: database.platform,
    DATABASE_POOL_SIZE: '5',
    RATE_LIMITS_ENABLED: 'false',
    LOAD_LIMITS_ENABLED: 'false',
    JOBS_ENABLED: 'false',
  });

beforeAll(async () => {
  database = await scratchDatabase();
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
  replicas = [await start(), ...(await Promise.all([start(), start()]))];
}, 120_000);

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.end('SIGTERM')));
  await look.end();
  await database.drop();
});

const rows = async (sql: string, ...values: unknown[]): Promise<any[]> => (await look.query(sql, values)).rows;

interface Organization {
  readonly id: string;
  readonly token: string;
}

async function organization(units: number): Promise<Organization> {
  const email = `owner-${randomUUID()}@example.com`;
  const { body } = await new Client(replicas[0]?.url ?? '').post('/auth/signup', { email, password: goodPassword, name: 'Olive', organization: { name: 'Acme' } });
  const { id } = body.organization;
  await rows(
    `insert into entitlement_overrides (organization_id, id, kind, key, units, updated_at) values ($1, gen_random_uuid(), 'limit', 'calls', $2, now())
     on conflict (organization_id, kind, key) do update set units = excluded.units`,
    id,
    units,
  );
  return { id, token: body.accessToken };
}

/** Makes requests of the organization, so many at a time at each replica. Those that were answered, by their ids and status. */
async function hammer(
  { id, token }: Organization,
  at: readonly ServerProcess[],
  count: number,
  sideBySide = 10,
  answers = new Map<string, number>(),
): Promise<Map<string, number>> {
  /** Whether it was answered. */
  const one = async (client: Client): Promise<boolean> => {
    const requestId = randomUUID();
    const answer = await client.get(`/organizations/${id}/teams`, { headers: { 'x-request-id': requestId } }).catch(() => undefined);
    if (answer !== undefined) answers.set(requestId, answer.status);
    return answer !== undefined;
  };
  await Promise.all(
    at.flatMap(({ url }) => {
      let left = count;
      const client = new Client(url).as(token);
      return Array.from({ length: sideBySide }, async () => {
        while (left-- > 0 && (await one(client)));
      });
    }),
  );
  return answers;
}

/** Waits until that many requests have been answered, so that the server is under load. Returns how many have. */
const answered = (answers: ReadonlyMap<string, number>, count: number): Promise<number> =>
  eventually(
    async () => answers.size,
    (size) => size >= count,
    20_000,
  );

const taken = (answers: Map<string, number>): number => [...answers.values()].filter((status) => status === 200).length;
const total = async ({ id }: Organization): Promise<{ used: number; held: number }> =>
  (await rows(`select used::int, held::int from meter_totals where organization_id = $1 and meter = 'calls'`, id))[0] ?? { used: 0, held: 0 };
const settled = (of: Organization): Promise<{ used: number; held: number }> =>
  eventually(
    () => total(of),
    ({ held }) => held === 0,
    12_000,
  );

describe('three replicas on one database', () => {
  it('three replicas together accept exactly as many requests as the limit', async () => {
    const limit = 400;
    const acme = await organization(limit);
    let through = taken(await hammer(acme, replicas, 250));
    process.stdout.write(`750 requests at three replicas at once, ${limit} allowed: ${through} let through at first\n`);
    expect(through).toBeLessThanOrEqual(limit);
    expect(through).toBeGreaterThan(limit * 0.9);
    for (let round = 0; round < 5 && through < limit; round += 1) {
      await settled(acme);
      through += taken(await hammer(acme, replicas, 20, 2));
      expect(through).toBeLessThanOrEqual(limit);
    }
    expect(through).toBe(limit);
    expect(await settled(acme)).toEqual({ used: limit, held: 0 });
    const statuses = [...(await hammer(acme, replicas, 5, 1)).values()];
    expect(new Set(statuses)).toEqual(new Set([402]));
  }, 120_000);

  it('a raised limit takes effect on the next request on each of three replicas', async () => {
    const acme = await organization(0);
    for (const replica of [...replicas, ...replicas]) {
      expect(taken(await hammer(acme, [replica], 1))).toBe(0);
      await rows(`update entitlement_overrides set units = units + 1 where organization_id = $1`, acme.id);
      expect(taken(await hammer(acme, [replica], 2, 1))).toBe(1);
      await settled(acme);
    }
  }, 120_000);
});

describe('a replica that is stopped', () => {
  it('a replica that gets SIGTERM under load loses no request and no count', async () => {
    const acme = await organization(1_000_000);
    const replica = await start();
    const answers = new Map<string, number>();
    const work = hammer(acme, [replica], 100_000, 16, answers);
    expect(await answered(answers, 500)).toBeGreaterThanOrEqual(500);
    expect(await replica.end('SIGTERM')).toBe(0);
    await work;
    const logged = new Set((await rows('select request_id from request_log where organization_id = $1', acme.id)).map(({ request_id }) => request_id));
    // A request on an open connection while the server closes gets 503 before it is processed.
    const lost = [...answers].filter(([id, status]) => status !== 503 && !logged.has(id));
    process.stdout.write(`SIGTERM in the midst of work: ${answers.size} requests answered, ${lost.length} of them not in the log\n`);
    expect(answers.size).toBeGreaterThan(100);
    expect(lost).toEqual([]);
    const [{ sum }] = await rows('select sum(requests)::int from request_days where organization_id = $1', acme.id);
    expect(sum).toBe(logged.size);
    const [{ counted }] = await rows(`select sum(quantity)::int as counted from usage_days where organization_id = $1 and meter = 'calls'`, acme.id);
    expect(await total(acme)).toEqual({ used: counted, held: 0 });
    expect(counted).toBe(logged.size);
  }, 120_000);

  it('a replica that is killed under load never lets the limit be exceeded', async () => {
    const limit = 2000;
    const acme = await organization(limit);
    let through = 0;
    for (let time = 0; time < 3; time += 1) {
      const replica = await start();
      const answers = new Map<string, number>();
      const work = hammer(acme, [replica], 300, 16, answers);
      expect(await answered(answers, 100)).toBeGreaterThanOrEqual(100);
      await replica.end('SIGKILL');
      through += taken(await work);
    }
    for (let round = 0; round < 8; round += 1) {
      through += taken(await hammer(acme, replicas, 400));
      const { used } = await settledBut(acme);
      if (used === limit && taken(await hammer(acme, replicas, 1)) === 0) break;
    }
    process.stdout.write(`three replicas killed: ${through} of ${limit} requests answered\n`);
    expect(through).toBeLessThanOrEqual(limit);
    expect(through).toBeGreaterThan(limit / 2);
    expect((await total(acme)).used).toBe(limit);
  }, 180_000);
});

/** Waits until the living replicas have returned unused units, so that the held units no longer change. */
async function settledBut(of: Organization): Promise<{ used: number; held: number }> {
  // A replica that was killed returns nothing, so the held units need not become 0: only the time tells that the others are done.
  await pause(7000);
  return total(of);
}
