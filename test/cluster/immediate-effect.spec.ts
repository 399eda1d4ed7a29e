import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type Answer } from '../support/client.js';
import { ServerProcess } from '../support/process.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { goodPassword } from '../support/world.js';

const times = 200;

let database: ScratchDatabase;
let replicas: ServerProcess[];
let [here, there]: Client[] = [];
let home: string;
let owner: { here: Client; there: Client };
let member: { userId: string; there: Client };
let key: { id: string; there: Client };

/** Milliseconds between the answer to a change on one replica and the answer of the other that shows it. */
const latencies: Record<string, number[]> = {};

beforeAll(async () => {
  database = await scratchDatabase();
  const env = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    APP_SECRET: testSecret,
    APP_URL: 'https://app.tenantry.test',
    DATABASE_URL: database.app,
    DATABASE_PLATFORM_URL: database.platform,
    RATE_LIMITS_ENABLED: 'false',
    LOAD_LIMITS_ENABLED: 'false',
    JOBS_ENABLED: 'false',
  };
  replicas = await Promise.all([ServerProcess.start(env), ServerProcess.start(env)]);
  [here, there] = replicas.map(({ url }) => new Client(url)) as [Client, Client];
  const signedUp = await here.post('/auth/signup', { email: 'owner@example.com', password: goodPassword, name: 'Olive', organization: { name: 'Acme' } });
  owner = { here: here.as(signedUp.body.accessToken), there: there.as(signedUp.body.accessToken) };
  home = `/organizations/${signedUp.body.organization.id}`;
  const invited = await owner.here.post(`${home}/invitations`, { email: 'member@example.com', role: 'member', delivery: 'link' });
  const token = new URL(invited.body.data[0].link).searchParams.get('token');
  const accepted = await here.post('/invitations/accept', { token, name: 'Mel', password: goodPassword });
  member = { userId: accepted.body.userId, there: there.as(accepted.body.accessToken) };
  const made = await owner.here.post(`${home}/api-keys`, { name: 'key', permissions: ['teams:read'] });
  key = { id: made.body.id, there: there.as(made.body.key) };
}, 60_000);

afterAll(async () => {
  for (const [what, values] of Object.entries(latencies)) {
    const sorted = values.sort((a, b) => a - b);
    process.stdout.write(
      `${what}: seen on the other replica ${sorted[Math.floor(sorted.length / 2)]?.toFixed(1)} ms after the answer to the change (median), ${sorted.at(-1)?.toFixed(1)} ms at most\n`,
    );
  }
  await Promise.all(replicas.map((replica) => replica.end('SIGTERM')));
  await database.drop();
});

/** Changes something on one replica and asks the other at once, with nothing in between. */
async function changedThenSeen(what: string, change: () => Promise<Answer>, look: () => Promise<Answer>): Promise<Answer> {
  const { status, text } = await change();
  const answered = performance.now();
  const seen = await look();
  (latencies[what] ??= []).push(performance.now() - answered);
  if (status >= 300) throw new Error(`the change was refused: ${text}`);
  if (seen.status >= 500) throw new Error(seen.text);
  return seen;
}

describe(`what is changed on one replica acts on the very next request on another, ${times} times in a row:`, () => {
  it('a changed base role takes effect on the next request', async () => {
    for (let time = 0; time < times; time += 1) {
      const role = time % 2 === 0 ? 'admin' : 'member';
      const seen = await changedThenSeen(
        'role',
        () => owner.here.patch(`${home}/members/${member.userId}`, { role }),
        () => member.there.get(`${home}/invitations`),
      );
      expect({ time, status: seen.status }).toEqual({ time, status: role === 'admin' ? 200 : 403 });
    }
  }, 120_000);

  it('changed permissions of a custom role take effect on the next request', async () => {
    await owner.here.post(`${home}/roles`, { key: 'host', name: 'Host', permissions: [] });
    await owner.here.patch(`${home}/members/${member.userId}`, { role: 'member', customRoles: ['host'] });
    for (let time = 0; time < times; time += 1) {
      const permissions = time % 2 === 0 ? ['invitations:read'] : [];
      const seen = await changedThenSeen(
        'custom role',
        () => owner.here.patch(`${home}/roles/host`, { permissions }),
        () => member.there.get(`${home}/invitations`),
      );
      expect({ time, status: seen.status }).toEqual({ time, status: time % 2 === 0 ? 200 : 403 });
    }
  }, 120_000);

  it('changed roles and members of a team take effect on the next request', async () => {
    const { body: team } = await owner.here.post(`${home}/teams`, { name: 'Hosts', roles: [] });
    await owner.here.patch(`${home}/members/${member.userId}`, { customRoles: [] });
    await owner.here.patch(`${home}/roles/host`, { permissions: ['invitations:read'] });
    await owner.here.request('PUT', `${home}/teams/${team.id}/members/${member.userId}`);
    for (let time = 0; time < times; time += 1) {
      const roles = time % 2 === 0 ? ['host'] : [];
      const seen = await changedThenSeen(
        'team',
        () => owner.here.patch(`${home}/teams/${team.id}`, { roles }),
        () => member.there.get(`${home}/invitations`),
      );
      expect({ time, status: seen.status }).toEqual({ time, status: time % 2 === 0 ? 200 : 403 });
    }
  }, 120_000);

  it('a changed setting takes effect on the next request', async () => {
    for (let time = 0; time < times; time += 1) {
      const session_timeout_minutes = 1000 + time;
      const seen = await changedThenSeen(
        'setting',
        () => owner.here.patch('/tenant/settings', { session_timeout_minutes }),
        () => owner.there.get('/tenant/settings'),
      );
      expect({ time, value: seen.body.session_timeout_minutes }).toEqual({ time, value: session_timeout_minutes });
    }
  }, 120_000);

  it('a changed feature takes effect on the next request, also in guards', async () => {
    for (let time = 0; time < times; time += 1) {
      const enabled = time % 2 === 1;
      const seen = await changedThenSeen(
        'feature',
        () => owner.here.patch('/tenant/features', { feature: 'api_access', enabled }),
        () => key.there.get(`${home}/teams`),
      );
      expect({ time, status: seen.status }).toEqual({ time, status: enabled ? 200 : 403 });
    }
  }, 120_000);

  it('a changed API key takes effect on the next request', async () => {
    for (let time = 0; time < times; time += 1) {
      const enabled = time % 2 === 1;
      const seen = await changedThenSeen(
        'key',
        () => owner.here.patch(`${home}/api-keys/${key.id}`, { enabled }),
        () => key.there.get(`${home}/teams`),
      );
      expect({ time, status: seen.status }).toEqual({ time, status: enabled ? 200 : 401 });
    }
  }, 120_000);
});
