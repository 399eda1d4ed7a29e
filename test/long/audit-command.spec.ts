import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { ChainReport } from '../../src/modules/audit/hash-chain/audit-verification.service.js';
import { runTenantry, type Ended } from '../support/command.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { Person } from '../support/world.js';
import { chained } from '../support/audit.js';

let database: ScratchDatabase;
let server: TestServer;
let look: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database);
  look = new pg.Client({ connectionString: database.platform });
  await look.connect();
});
afterAll(async () => {
  await look.end();
  await server.close();
  await database.drop();
});

async function tenantry(...args: string[]): Promise<Ended> {
  const env = { NODE_ENV: 'test', APP_SECRET: testSecret, DATABASE_URL: database.app, DATABASE_PLATFORM_URL: database.platform };
  return runTenantry(env, ...args);
}

/** A member of another owner's organization who is in its audit log and its access log. */
async function member(email = server.world.email()): Promise<{ owner: Person; person: Person }> {
  const owner = await server.world.owner();
  await owner.api.patch('/tenant/compliance', { ferpa: true });
  const person = await server.world.member(owner, 'admin', email);
  await person.api.post(`${owner.home}/teams`, { name: 'By the member' });
  await person.api.get(`${owner.home}/teams`);
  return { owner, person };
}

const tracesOf = async (email: string): Promise<number> =>
  (
    await (
      await chained(look)
    ).query(`select from audit.events where strpos(actor_name, $1) > 0 or strpos(details::text, $1) > 0 union all select from access_log where strpos(actor_name, $1) > 0`, [email])
  ).rowCount ?? 0;

async function verified(...args: string[]): Promise<{ code: number | null; chains: ChainReport[] }> {
  await chained(look);
  const { code, out } = await tenantry('audit:verify', '--json', ...args);
  return { code, ...(JSON.parse(out) as { chains: ChainReport[] }) };
}

describe('audit:erase', () => {
  it('audit:erase removes a user from both logs by id, and the chains remain valid', async () => {
    const { owner, person } = await member();
    expect(await tracesOf(person.email)).toBeGreaterThan(3);
    const { code, out } = await tenantry('audit:erase', '--user', person.userId, '--yes', '--json');
    expect([code, JSON.parse(out)]).toMatchObject([0, { userIds: [person.userId], reads: 2 }]);
    expect(await tracesOf(person.email)).toBe(0);
    const reads = await look.query('select actor_name, ip, user_agent, action from access_log where actor_id = $1 order by created_at', [person.userId]);
    // What a change returns is read as well (FERPA).
    expect(reads.rows).toEqual(['createTeam', 'listTeams'].map((action) => ({ actor_name: null, ip: null, user_agent: null, action })));
    expect(await verified()).toMatchObject({ code: 0 });
    expect(await tracesOf(owner.email)).toBeGreaterThan(0);
  });

  it('audit:erase removes a person by the exact email address', async () => {
    const email = server.world.email('ann_e');
    const [{ person }, other] = [await member(email), await member(`jo${email}`)];
    const dotted = await member(email.replace('ann_e', 'annxe'));
    const before = [await tracesOf(other.person.email), await tracesOf(dotted.person.email)];
    expect((await tenantry('audit:erase', '--email', email.toUpperCase(), '--yes')).code).toBe(0);
    expect([await tracesOf(other.person.email), await tracesOf(dotted.person.email)]).toEqual(before);
    expect(
      (await look.query('select from audit.events e where e.actor_id = $1 and num_nonnulls(e.actor_salt, e.actor_name, e.ip, e.user_agent) > 0', [person.userId])).rowCount,
    ).toBe(0);
    expect(await verified()).toMatchObject({ code: 0 });
  });

  it('audit:erase adds one event without personal data to each chain that it changes', async () => {
    const { owner, person } = await member();
    await tenantry('audit:erase', '--user', person.userId, '--yes');
    const { rows } = await (
      await chained(look)
    ).query(`select actor_kind, action, e.details as changes from audit.events e where e.organization_id = $1 and action = 'cli audit:erase'`, [owner.organizationId]);
    expect(rows).toMatchObject([{ actor_kind: 'operator', action: 'cli audit:erase' }]);
    expect(JSON.stringify(rows)).not.toContain(person.email);
  });

  it('audit:erase asks for confirmation, requires a person, and reports if there is none', async () => {
    const { person } = await member();
    expect((await tenantry('audit:erase', '--user', person.userId)).code).toBe(2);
    expect(await tracesOf(person.email)).toBeGreaterThan(0);
    expect((await tenantry('audit:erase', '--email', `nobody-${randomUUID()}@example.com`, '--yes')).code).toBe(3);
  });
});

describe('audit:verify', () => {
  it('audit:verify prints the head of each chain, and compares a chain with a saved head', async () => {
    const owner = await server.world.owner();
    const { chains } = await verified('--organization', owner.organizationId);
    const head = chains[0]?.head ?? '';
    expect(head).toMatch(/^1:[0-9a-f]{64}$/);
    await owner.api.post(`${owner.home}/teams`, { name: 'Later' });
    const against = (kept: string): Promise<{ code: number | null; chains: ChainReport[] }> => verified('--organization', owner.organizationId, '--head', kept);
    expect(await against(head)).toMatchObject({ code: 0, chains: [{ events: 2, head: expect.stringMatching(/^2:/) }] });
    expect(await against(`1:${'0'.repeat(64)}`)).toMatchObject({ code: 1, chains: [{ bad: { sequence: 1 } }] });
    expect(await against(`3:${'0'.repeat(64)}`)).toMatchObject({ code: 1, chains: [{ bad: { sequence: 3 } }] });
    expect(await verified('--organization', randomUUID(), '--head', head)).toMatchObject({ code: 1, chains: [{ events: 0, bad: { sequence: 1 } }] });
  });

  it('audit:verify also prints the head of the platform’s chain', async () => {
    await tenantry('admin:create', '--email', server.world.email());
    const { chains } = await verified('--organization', 'platform');
    expect(chains).toMatchObject([{ organizationId: null, head: expect.stringMatching(/^\d+:/) }]);
    expect(await verified('--organization', 'platform', '--head', chains[0]?.head ?? '')).toMatchObject({ code: 0 });
  });
});
