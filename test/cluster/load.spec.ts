import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { Client, type Answer } from '../support/client.js';
import { Replicas } from '../support/replicas.js';
import { goodPassword } from '../support/world.js';

/** As many requests as the noisy tenant has open at a time. */
const concurrency = 300;
/** Milliseconds for which the quiet tenant is measured. */
const measured = 20_000;
/** Milliseconds within which each request of the quiet tenant is answered, also on a busy machine. */
const bound = 10_000;

interface Owner {
  readonly api: Client;
  readonly organizationId: string;
}

async function signUp(url: string, email: string): Promise<Owner> {
  const { status, body, text: answer } = await new Client(url).post('/auth/signup', { email, password: goodPassword, name: 'Olive', organization: { name: 'Org' } });
  if (status !== 201) throw new Error(`signup answered ${status}: ${answer}`);
  return { api: new Client(url, body.accessToken), organizationId: body.organization.id };
}

type Tally = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Runs the noisy tenant while something is done, and returns what it was answered. @param locks locks the row of its organization, if given */
async function whileNoisy(url: string, { api, organizationId }: Owner, locks: pg.Client | undefined, work: () => Promise<void>): Promise<Tally> {
  const order = { url, token: api.token, organizationId, concurrency };
  const child = spawn(process.execPath, ['test/support/noisy-tenant.mjs', JSON.stringify(order)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [output, ended] = [text(child.stdout), once(child, 'exit')];
  await locks?.query('begin');
  await locks?.query('select from organizations where id = $1 for update', [organizationId]);
  try {
    await work();
  } finally {
    await locks?.query('rollback');
    child.stdin.end();
    await ended;
  }
  return JSON.parse(await output) as Tally;
}

interface Timed {
  readonly status: number;
  readonly took: number;
}

/** Sends the requests of a person at work: one after the other. */
async function workQuietly({ api, organizationId }: Owner, duration: number): Promise<Timed[]> {
  const home = `/organizations/${organizationId}`;
  const calls: readonly (() => Promise<Answer>)[] = [
    () => api.get('/organizations/current'),
    () => api.get(`${home}/members`),
    () => api.post(`${home}/teams`, { name: `Team ${Math.random()}` }),
    () => api.patch(home, { name: `Quiet ${Math.random()}` }),
  ];
  const answers: Timed[] = [];
  const end = performance.now() + duration;
  for (let number = 0; performance.now() < end; number += 1) {
    const began = performance.now();
    const { status } = await (calls[number % calls.length] as () => Promise<Answer>)();
    answers.push({ status, took: performance.now() - began });
    await pause(20);
  }
  return answers;
}

function describeTimes(name: string, answers: readonly Timed[]): string {
  const times = answers.map(({ took }) => took).sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0).toFixed(1);
  const refused = answers.filter(({ status }) => status >= 400).length;
  return `${name}: ${answers.length} requests, ${refused} not served, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms\n`;
}

const statusesOf = (tally: Tally): Record<string, number> => {
  const sum: Record<string, number> = {};
  for (const kind of Object.values(tally)) for (const [status, count] of Object.entries(kind)) sum[status] = (sum[status] ?? 0) + count;
  return sum;
};

describe('a quiet tenant', () => {
  let replicas: Replicas;
  let locks: pg.Client;
  beforeAll(async () => {
    // Without the limits, only the sharing of connections protects the quiet tenant.
    const { LOAD_LIMITS_ENABLED = 'true' } = process.env;
    replicas = await Replicas.start(1, { CATALOG: 'test/catalogs/load.yaml', DATABASE_POOL_SIZE: '10', LOAD_LIMITS_ENABLED });
    locks = new pg.Client({ connectionString: replicas.database.platform });
    await locks.connect();
  }, 60_000);
  afterAll(async () => {
    await locks.end();
    await replicas.end();
  });

  it.each([
    ['whose rows are locked', 'locked', true],
    ['whose requests are only heavy', 'heavy', false],
  ])(
    'is served in time while another tenant does its worst, %s, and is refused',
    async (_, name, locked) => {
      const { url } = replicas.owner(0);
      const [quiet, noisy] = [await signUp(url, `quiet-${name}@example.com`), await signUp(url, `noisy-${name}@example.com`)];
      const alone = await workQuietly(quiet, measured / 4);
      let beside: readonly Timed[] = [];
      const tally = await whileNoisy(url, noisy, locked ? locks : undefined, async () => {
        await pause(2_000);
        beside = await workQuietly(quiet, measured);
      });
      const answers = statusesOf(tally);
      process.stdout.write(`${describeTimes('alone', alone)}${describeTimes(`beside a tenant (${name})`, beside)}the tenant (${name}) was answered ${JSON.stringify(answers)}\n`);
      expect(beside.filter(({ status }) => status >= 400)).toEqual([]);
      expect(beside.filter(({ took }) => took > bound)).toEqual([]);
      expect(beside.length).toBeGreaterThan(4);
      expect(answers['429']).toBeGreaterThan(100);
      expect(answers['500']).toBeUndefined();
    },
    120_000,
  );
});
