import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, type Answer } from '../support/client.js';
import { startTenantryOf } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { buildOlderVersion, type Checkout } from '../support/older-version.js';
import { Answers } from '../support/soak/answers.js';
import { SoakInstallation } from '../support/soak/installation.js';
import { SoakTenant } from '../support/soak/tenant.js';
import { goodPassword } from '../support/world.js';

Client.comparesAnswers = false;
const built = await buildOlderVersion();
const withOlderVersion = typeof built === 'string' ? describe.skip : describe;

/** Returns a copy of the present build with more migrations, as the next version has. */
async function buildNextVersion(migrations: Readonly<Record<string, string>>): Promise<Checkout> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-next-'));
  for (const name of ['dist', 'catalogs', 'prisma', 'package.json']) await cp(name, path.join(folder, name), { recursive: true });
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  for (const [name, sql] of Object.entries(migrations)) {
    await mkdir(path.join(folder, 'prisma/migrations', name), { recursive: true });
    await writeFile(path.join(folder, 'prisma/migrations', name, 'migration.sql'), sql);
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

withOlderVersion(`a rolling deployment with an older version${typeof built === 'string' ? ` (skipped: ${built})` : ''}`, () => {
  const present = '.';
  const checkouts: Checkout[] = typeof built === 'string' ? [] : [built];
  const older = checkouts[0]?.folder ?? '';
  const tenants: SoakTenant[] = [];
  const state = { over: false };
  let answers: Answers;
  let installation: SoakInstallation;
  let load: Promise<unknown>;

  beforeAll(async () => {
    installation = await SoakInstallation.start(2, older);
    answers = new Answers();
    for (let number = 0; number < 4; number += 1) tenants.push(await SoakTenant.signUp(installation, answers));
    load = Promise.all(tenants.flatMap((tenant) => [tenant.work(() => state.over, 150), tenant.meter(() => state.over, 150)]));
  }, 300_000);
  afterAll(async () => {
    state.over = true;
    await installation?.remove();
    await Promise.all(checkouts.map((checkout) => checkout.remove()));
  }, 60_000);

  const rows = (sql: string, ...values: unknown[]): Promise<Record<string, any>[]> => installation.postgres.query(sql, ...values);
  const urlOf = (number: number): string => installation.replicas[number]?.server.url ?? '';
  const ready = (number: number): Promise<Answer> => new Client(urlOf(number)).get('//health/ready');
  const replace = async (number: number, folder: string): Promise<void> => {
    expect(await installation.replace(number, 'SIGTERM', folder)).toBe(0);
    await installation.healed();
  };
  const expectNoFault = (): void => expect({ unexpected: answers.unexpected, deaths: installation.deaths }).toEqual({ unexpected: [], deaths: [] });

  async function done(call: Promise<Answer>): Promise<any> {
    const { status, body, text } = await call;
    if (status >= 300) throw new Error(`${status} ${text}`);
    return body;
  }

  /** Everything that one replica writes is understood by another one. */
  async function expectUnderstood(writer: Client, reader: Client): Promise<void> {
    const email = `${randomUUID()}@example.com`;
    const { accessToken, organization, refreshToken } = await done(writer.post('/auth/signup', { email, password: goodPassword, name: 'Olive', organization: { name: 'Acme' } }));
    const [here, there] = [writer.as(accessToken), reader.as(accessToken)];
    const home = `/organizations/${organization.id}`;
    expect((await done(there.get('/auth/me'))).activeOrganization.id).toBe(organization.id);
    await done(here.patch('/tenant/settings', { pages: 7 }));
    expect((await done(there.get('/tenant/settings'))).pages).toBe(7);
    const { key, id } = await done(here.post(`${home}/api-keys`, { name: 'Key', permissions: ['teams:read', 'settings:write'] }));
    await done(reader.as(key).patch('/tenant/custom-settings', { color: 'red' }));
    expect(await done(here.get('/tenant/custom-settings'))).toEqual({ color: 'red' });
    const team = await done(here.post(`${home}/teams`, { name: 'Team' }));
    expect((await done(reader.as(key).get(`${home}/teams/${team.id}`))).name).toBe('Team');
    const invited = await done(here.post(`${home}/invitations`, { email: `${randomUUID()}@example.com`, role: 'member', delivery: 'link' }));
    const token = new URL(invited.data[0].link).searchParams.get('token');
    const member = await done(reader.post('/invitations/accept', { token, name: 'Mel', password: goodPassword }));
    expect((await done(writer.as(member.accessToken).get('/organizations/current'))).id).toBe(organization.id);
    const event = { id: randomUUID(), meter: 'tokens', quantity: 3 };
    expect(await done(here.post('/usage/events', { events: [event] }))).toMatchObject({ accepted: 1, repeated: 0 });
    expect(await done(there.post('/usage/events', { events: [event] }))).toMatchObject({ accepted: 0, repeated: 1 });
    const consumed = { meter: 'tokens', quantity: 2, id: randomUUID() };
    expect(await done(there.post('/usage/consume', consumed))).toMatchObject({ used: 5, repeated: false });
    expect(await done(here.post('/usage/consume', consumed))).toMatchObject({ used: 5, repeated: true });
    await done(here.delete(`${home}/api-keys/${id}`));
    expect((await reader.as(key).get(`${home}/teams`)).status).toBe(401);
    const events = await eventually(
      async () => (await done(there.get(`${home}/audit-logs?limit=100`))).data as { action: string }[],
      (found) => found.some(({ action }) => action.includes('api_key')),
    );
    expect(events.length).toBeGreaterThan(3);
    const refreshed = await done(reader.post('/auth/refresh', { refreshToken }));
    await done(writer.as(refreshed.accessToken).get('/auth/me'));
    await done(reader.as(refreshed.accessToken).post('/auth/logout'));
    expect((await writer.as(refreshed.accessToken).get('/auth/me')).status).toBe(401);
    expect((await writer.as(member.accessToken).get('/auth/me')).status).toBe(200);
  }

  /** A mail that one version has written is sent by the other one. */
  async function expectMailOfOther(replaceAll: () => Promise<void>): Promise<void> {
    const email = `${randomUUID()}@example.com`;
    await installation.smtp.stop();
    const { accessToken, organization } = await done(installation.client().post('/auth/signup', { email, password: goodPassword, name: 'Olive', organization: { name: 'Acme' } }));
    const guest = `${randomUUID()}@example.com`;
    await done(installation.client(accessToken).post(`/organizations/${organization.id}/invitations`, { email: guest, role: 'member' }));
    await replaceAll();
    await installation.smtp.start();
    const arrived = async (): Promise<string[]> => [email, guest].filter((address) => installation.smtp.accepted.some(({ to }) => to === address));
    await rows(`update mail_messages set next_attempt_at = now() where status = 'pending'`);
    await rows('notify tenantry_outbox');
    expect(await eventually(arrived, (mails) => mails.length === 2, 70_000)).toEqual([email, guest]);
  }

  it('replicas of the older version serve requests while the present version migrates the database, and afterwards', async () => {
    await installation.migrate(present);
    await pause(2000);
    expect((await Promise.all([ready(0), ready(1)])).map(({ status }) => status)).toEqual([200, 200]);
    await expectUnderstood(new Client(urlOf(0)), new Client(urlOf(1)));
    expectNoFault();
  }, 120_000);

  it('replicas of both versions understand what the other one has written', async () => {
    await replace(0, present);
    await expectUnderstood(new Client(urlOf(0)), new Client(urlOf(1)));
    await expectUnderstood(new Client(urlOf(1)), new Client(urlOf(0)));
    await pause(2000);
    expectNoFault();
  }, 120_000);

  it('the present version sends the mail of the older one, and the older one that of the present one when it comes back', async () => {
    await expectMailOfOther(() => replace(1, present));
    await expectMailOfOther(async () => {
      await replace(0, older);
      await replace(1, older);
    });
    await expectUnderstood(new Client(urlOf(0)), new Client(urlOf(1)));
    expectNoFault();
  }, 240_000);

  it('replicas of the older and the present version start next to a table of the next version that belongs to no tenant', async () => {
    const name = '99990101000000_colors';
    const next = await buildNextVersion({
      [name]: `
        create table public._colors (id uuid primary key, name text not null);
        select app.protect_global_table('public._colors');
        create policy tenant on public._colors for select to tenantry_app using (true);
        grant select on public._colors to tenantry_app;`,
    });
    checkouts.push(next);
    await installation.migrate(next.folder);
    await replace(1, older);
    await replace(0, present);
    expectNoFault();
    await rows('drop table public._colors');
    await rows('delete from _prisma_migrations where migration_name = $1', name);
  }, 120_000);

  it('a migration of the next version that extends leaves replicas of the older and the present one ready, and one that removes does not', async () => {
    await replace(0, present);
    const next = await buildNextVersion({ '99990101000000_color': 'alter table public.teams add column color text;' });
    checkouts.push(next);
    await installation.migrate(next.folder);
    expect((await Promise.all([ready(0), ready(1)])).map(({ status }) => status)).toEqual([200, 200]);
    await replace(0, next.folder);
    const last = await buildNextVersion({
      '99990101000000_color': 'alter table public.teams add column color text;',
      '99990101000001_no_color_contract': 'alter table public.teams drop column color;',
    });
    checkouts.push(last);
    await installation.migrate(last.folder);
    const problem = { platform_database: expect.stringContaining('99990101000001_no_color_contract') };
    for (const number of [0, 1]) expect(await ready(number)).toMatchObject({ status: 503, body: { checks: problem } });
    expect(await installation.replace(0, 'SIGTERM', last.folder)).toBe(0);
    expect(await installation.replace(1, 'SIGTERM', last.folder)).toBe(0);
    await installation.healed();
    expectNoFault();
  }, 240_000);

  it('no acknowledged write of any version is lost, no job failed, and each of them verifies the audit log', async () => {
    state.over = true;
    await load;
    await eventually(
      () => rows(`select from mail_messages where status = 'pending' and failure is null`),
      (waiting) => waiting.length === 0,
      30_000,
    );
    const lost: string[] = [];
    for (const tenant of tenants) lost.push(...(await tenant.findLostWrites(rows)));
    expect(lost).toEqual([]);
    expect(tenants.reduce((sum, { acknowledged }) => sum + acknowledged, 0)).toBeGreaterThan(100);
    expect(await rows(`select job, status from job_runs where status = 'failed'`)).toEqual([]);
    for (const folder of [present, older]) {
      await rows(`delete from _prisma_migrations where migration_name like '9999%'`);
      expect(await startTenantryOf(folder, installation.env, 'audit:verify').ended).toMatchObject({ code: 0, err: '' });
    }
    await installation.end();
    expect(installation.deadlocks).toBe(0);
    expectNoFault();
  }, 120_000);
});
