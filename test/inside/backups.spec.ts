import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { PlatformAdminsService } from '../../src/modules/auth/platform/platform-admins.service.js';
import type { ObjectStorage } from '../../src/common/storage/object-storage.js';
import { indexKey, linesOfIndex, markKey } from '../../src/modules/tenants/backups/backup-index.js';
import { BackupStorage } from '../../src/modules/tenants/backups/backup-storage.js';
import { BackupsService } from '../../src/modules/tenants/backups/backups.service.js';
import { RunExportsWorker } from '../../src/modules/tenants/exports/run-exports.worker.js';
import { RunImportsWorker } from '../../src/modules/tenants/imports/run-imports.worker.js';
import { runTenantry } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { SetClock } from '../support/jobs.js';
import { S3Server } from '../support/s3-server.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { goodPassword, type Person } from '../support/world.js';

const day = 86_400_000;
/** The last night: half a minute after two o'clock in UTC. Commands and exports have the time of the machine, from which it may not be far away. */
const atNight = new Date(Math.floor((Date.now() - 7_230_000) / day) * day + 7_230_000);
/** The name of the backup of a night. */
const nameOf = (time: Date): string => `${time.toISOString().slice(0, 10)}T02-00-00Z`;
const night = nameOf(atNight);
let database: ScratchDatabase;
let look: pg.Pool;
let folder: string;
let server: TestServer;
let owner: Person;
const clock = new SetClock(atNight);

beforeAll(async () => {
  database = await scratchDatabase();
  look = new pg.Pool({ connectionString: database.platform });
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-backups-'));
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database);
  owner = await server.world.owner();
  await owner.api.post(`${owner.home}/teams`, { name: 'The team of the backup' });
  await server.world.owner();
});
afterAll(async () => {
  await server.close();
  await look.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const env = (): Record<string, string> => ({
  NODE_ENV: 'test',
  APP_SECRET: testSecret,
  DATA_DIR: folder,
  DATABASE_URL: database.app,
  DATABASE_PLATFORM_URL: database.platform,
  BACKUP_URL: pathToFileURL(path.join(folder, 'stored')).href,
  BACKUP_KEEP_DAYS: '3',
});
const filesIn = async (part: string): Promise<string[]> => (await readdir(path.join(folder, 'stored/backups', part)).catch(() => [])).toSorted();

/** Runs a replica that makes backups until a condition is met. */
async function withReplica(until: (replica: TestServer) => Promise<boolean>): Promise<void> {
  const replica = await startTestServer({ ...env(), JOBS_ENABLED: 'true' }, database, { clock });
  try {
    await eventually(() => until(replica), Boolean, 20_000);
  } finally {
    await replica.close();
  }
}

describe('backups of all organizations', () => {
  it('a replica makes the backup of the night, once', async () => {
    await withReplica(async () => (await filesIn('index')).length === 1);
    expect(await filesIn('index')).toEqual([`${night}.ndjson`]);
    expect((await filesIn(`files/${night}`)).length).toBe(2);
    const file = path.join(folder, 'stored/backups/files', night, `${owner.organizationId}.zip`);
    const before = await stat(file);
    expect(before.mode & 0o077).toBe(0);
    await withReplica(({ app }) => app.get(BackupsService).hasEnded(night));
    expect((await stat(file)).mtimeMs).toBe(before.mtimeMs);
  }, 60_000);

  it('an organization is restored next to its original', async () => {
    const copy = await runTenantry(env(), 'backup:restore', 'latest', owner.slug, '--new-id', '--slug', 'a-copy-of-it', '--json');
    expect(copy).toMatchObject({ code: 0 });
    const { organization, backup } = JSON.parse(copy.out) as { organization: { id: string; slug: string }; backup: string };
    expect({ backup, slug: organization.slug }).toEqual({ backup: night, slug: 'a-copy-of-it' });
    expect(organization.id).not.toBe(owner.organizationId);
    const { rows } = await look.query('select name from teams where organization_id = $1', [organization.id]);
    expect(rows).toEqual([{ name: 'The team of the backup' }]);
    expect(await runTenantry(env(), 'backup:restore', 'latest', owner.slug)).toMatchObject({ code: 6, err: expect.stringContaining('already exists') });
    expect(await runTenantry(env(), 'backup:restore', 'latest', 'nobody-here')).toMatchObject({ code: 3 });
    expect(await runTenantry(env(), 'backup:restore', '2020-01-01T02-00-00Z', owner.slug)).toMatchObject({ code: 3, err: expect.stringContaining('no complete backup') });
    expect(await runTenantry(env(), 'backup:restore', '../../index', owner.slug)).toMatchObject({ code: 3 });
  }, 60_000);

  it('neither a damaged nor a missing archive is restored', async () => {
    const stored = path.join(folder, 'stored/backups/files', night, `${owner.organizationId}.zip`);
    const restore = (): Promise<object> => runTenantry(env(), 'backup:restore', 'latest', owner.slug, '--new-id', '--slug', 'not-restored');
    await truncate(stored, 1000);
    expect(await restore()).toMatchObject({ code: 5 });
    await rm(stored);
    expect(await restore()).toMatchObject({ code: 1, err: expect.stringContaining('no object') });
    expect((await look.query(`select from organizations where slug = 'not-restored'`)).rowCount).toBe(0);
  });

  it('a command makes a backup, continues one that was broken off, and lists both', async () => {
    const made = await runTenantry(env(), 'backup:run', '--json');
    expect(made).toMatchObject({ code: 0, err: '' });
    const { backup, organizations, failed } = JSON.parse(made.out) as { backup: string; organizations: number; failed: string[] };
    expect({ organizations, failed }).toEqual({ organizations: 3, failed: [] });
    // Its process has died before the last archive and the index.
    await rm(path.join(folder, 'stored/backups/index', `${backup}.ndjson`));
    const [first = '', last = ''] = await filesIn(`files/${backup}`);
    await rm(path.join(folder, 'stored/backups/files', backup, last));
    const kept = await stat(path.join(folder, 'stored/backups/files', backup, first));
    expect(await runTenantry(env(), 'backup:list')).toMatchObject({ code: 0, out: expect.not.stringContaining(backup) });
    expect(await runTenantry(env(), 'backup:run', '--name', backup)).toMatchObject({ code: 0, out: expect.stringContaining('3 organizations') });
    expect((await filesIn(`files/${backup}`)).length).toBe(3);
    expect((await stat(path.join(folder, 'stored/backups/files', backup, first))).mtimeMs).toBe(kept.mtimeMs);
    const { data } = JSON.parse((await runTenantry(env(), 'backup:list', '--json')).out) as { data: { backup: string }[] };
    expect(data.map((each) => each.backup)).toEqual([backup, night]);
  }, 60_000);

  it('the doctor warns of a backup that is old, and of a storage that cannot be used', async () => {
    const warnings = async (more: object = {}): Promise<object[]> => {
      const { out } = await runTenantry({ ...env(), ...more }, 'doctor', '--json');
      return (JSON.parse(out) as { warnings: { check: string; object: string }[] }).warnings.filter(({ check }) => ['storage', 'backups'].includes(check));
    };
    expect(await warnings()).toEqual([]);
    expect(await warnings({ BACKUP_URL: pathToFileURL(path.join(folder, 'empty')).href })).toEqual([
      expect.objectContaining({ check: 'backups', message: 'There is no complete backup.' }),
    ]);
    expect(await warnings({ STORAGE_URL: 'file:///dev/null/folder' })).toEqual([expect.objectContaining({ check: 'storage', object: 'STORAGE_URL' })]);
  });

  it('an operator restores over HTTP, and learns why a restoration has failed', async () => {
    const email = server.world.email('operator');
    await server.app.get(PlatformAdminsService).createPlatformAdmin(email, 'Olga', goodPassword);
    await withReplica(async ({ api, app }) => {
      const session = await api.post('/auth/login', { email, password: goodPassword });
      const operator = api.as((session.body as { accessToken: string }).accessToken);
      const backups = await operator.get('/platform/backups');
      expect(backups).toMatchObject({ status: 200, body: { data: [{ organizations: 3, failed: 0 }, { backup: night }], nextCursor: null } });
      const end = async (body: object): Promise<Record<string, unknown>> => {
        const created = await operator.post('/platform/organization-imports', body);
        expect(created).toMatchObject({ status: 201, body: { status: 'queued', rowsDone: 0, organizationId: null } });
        // Not after the interval of the worker.
        app.get(RunImportsWorker).lookAgain();
        const path = new URL(created.headers.get('location') ?? '', server.url).pathname.replace('/api/v1', '');
        const ended = await eventually(
          () => operator.get(path),
          (answer) => !['queued', 'running'].includes(answer.body.status as string),
        );
        return ended.body as Record<string, unknown>;
      };
      const restored = await end({ backup: 'latest', organization: owner.slug, newId: true, slug: 'restored-over-http' });
      expect(restored).toMatchObject({ status: 'restored', failure: null, rowsDone: expect.any(Number), organizationId: expect.any(String) });
      const { rows } = await look.query('select slug from organizations where id = $1', [restored['organizationId']]);
      expect(rows).toEqual([{ slug: 'restored-over-http' }]);
      expect(await end({ backup: 'latest', organization: owner.slug })).toMatchObject({
        status: 'failed',
        failure: expect.stringContaining('already exists'),
        organizationId: null,
      });
      expect(await end({ backup: 'latest', organization: 'nobody-here' })).toMatchObject({ status: 'failed', failure: expect.stringContaining('no organization') });
      expect(await end({ exportId: owner.organizationId, organization: owner.organizationId })).toMatchObject({ status: 'failed', failure: expect.stringContaining('no export') });

      const tenant = `/tenants/${owner.organizationId}/exports`;
      const { id: exportId } = (await operator.post(tenant)).body as { id: string };
      app.get(RunExportsWorker).lookAgain();
      await eventually(
        () => operator.get(`${tenant}/${exportId}`),
        (answer) => answer.body.status === 'ready',
      );
      expect(await end({ exportId, organization: owner.organizationId, newId: true, slug: 'restored-from-export' })).toMatchObject({ status: 'restored' });

      const refused = [{ organization: 'acme' }, { backup: 'latest', exportId, organization: 'acme' }, { backup: 'latest', organization: 'acme', slug: 'admin' }];
      for (const body of refused) expect((await operator.post('/platform/organization-imports', body)).status).toBeGreaterThanOrEqual(400);
      expect(await owner.api.post('/platform/organization-imports', { backup: 'latest', organization: owner.slug })).toMatchObject({ status: 403 });
      return true;
    });
  }, 60_000);

  it('a restoration whose replica died is begun again, and happens once', async () => {
    const { rows } = await look.query<{ id: string }>(
      `insert into organization_imports (id, status, backup, source, slug, new_id, lease, due_at, attempts, requested_by_id)
       select gen_random_uuid(), 'running', 'latest', $1, 'after-a-death', true, gen_random_uuid(), now() - interval '1 second', 1, (select user_id from platform_admins limit 1) returning id`,
      [owner.slug],
    );
    const restored = async (): Promise<boolean> => (await look.query(`select from organization_imports where id = $1 and status = 'restored'`, [rows[0]?.id])).rowCount === 1;
    await withReplica(restored);
    expect((await look.query(`select from organizations where slug = 'after-a-death'`)).rowCount).toBe(1);
  }, 60_000);

  it('nothing is restored for somebody who is no longer an operator', async () => {
    const { rows } = await look.query<{ id: string }>(
      `insert into organization_imports (id, backup, source, slug, new_id, due_at, requested_by_id)
       values (gen_random_uuid(), 'latest', $1, 'not-for-a-member', true, now(), (select user_id from memberships where organization_id = $2 limit 1)) returning id`,
      [owner.slug, owner.organizationId],
    );
    const failed = async (): Promise<boolean> =>
      (await look.query(`select from organization_imports where id = $1 and status = 'failed' and failure like '%no longer an operator%'`, [rows[0]?.id])).rowCount === 1;
    await withReplica(failed);
    expect(await failed()).toBe(true);
    expect((await look.query(`select from organizations where slug = 'not-for-a-member'`)).rowCount).toBe(0);
  }, 60_000);

  it('two processes do not make backups at the same time', async () => {
    const holder = await look.connect();
    try {
      await holder.query(`begin; select pg_advisory_xact_lock(hashtextextended('tenantry backups', 0))`);
      expect(await runTenantry(env(), 'backup:run')).toMatchObject({ code: 1, err: expect.stringContaining('Another process makes a backup') });
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  });

  it('backups expire after BACKUP_KEEP_DAYS, but not the newest', async () => {
    expect(await filesIn('index')).toHaveLength(2);
    // An hour before the backup of the 41st night.
    clock.time = new Date(atNight.getTime() + 41 * day - 3_600_000);
    const newest = nameOf(new Date(atNight.getTime() + 40 * day));
    await withReplica(async () => (await filesIn('begun')).length === 1);
    // The night before: that of the day is due an hour later.
    expect(await filesIn('index')).toEqual([`${newest}.ndjson`]);
    expect(await filesIn('begun')).toEqual([`${newest}.json`]);
    const archives = await readdir(path.join(folder, 'stored/backups/files'), { recursive: true });
    expect(archives.filter((name) => name.endsWith('.zip')).map((name) => path.dirname(name))).toEqual(Array.from({ length: 6 }, () => newest));
  }, 60_000);
});

describe('an encrypted bucket of backups', () => {
  let bucket: S3Server;
  let replica: TestServer;
  let backups: BackupsService;
  let objects: ObjectStorage;
  const { accessKeyId, secretAccessKey, region } = S3Server.access;
  const settings = (): Record<string, string> => ({
    ...env(),
    BACKUP_URL: bucket.url,
    BACKUP_ENCRYPTION_KEY: 'the key of these backups, which is long enough',
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
    S3_REGION: region,
  });
  beforeAll(async () => {
    bucket = await S3Server.start();
    replica = await startTestServer({ ...settings(), JOBS_ENABLED: 'false' }, database, { clock });
    backups = replica.app.get(BackupsService);
    ({ objects } = replica.app.get(BackupStorage));
  });
  afterAll(async () => {
    await replica.close();
    await bucket.close();
  });
  const nameAt = (hour: number): string => `2027-01-07T0${hour}-00-00Z`;

  it('an organization whose slug is the id of another one does not take its place', async () => {
    const victim = await replica.world.owner();
    await look.query('update organizations set slug = $2 where id = $1', [owner.organizationId, victim.organizationId]);
    await backups.makeBackup(nameAt(1));
    const { organization } = await backups.restoreOrganization('latest', victim.organizationId, { newId: true, slug: 'of-the-victim' });
    await look.query('update organizations set slug = $2 where id = $1', [owner.organizationId, owner.slug]);
    const { rows } = await look.query('select from memberships where organization_id = $1 and user_id = $2', [organization.id, victim.userId]);
    expect(rows).toHaveLength(1);
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('tenantry-restore-'))).toEqual([]);
  });

  it('shows nothing to those who lack the key, who learn which one is missing', async () => {
    expect([...bucket.objects.values()].filter(({ content }) => !content.toString('latin1').startsWith('tenantry-encrypted-1\n'))).toEqual([]);
    const other = { ...settings(), BACKUP_ENCRYPTION_KEY: 'another key, which is long enough as well' };
    for (const command of [['backup:list'], ['backup:restore', 'latest', owner.slug]])
      expect(await runTenantry(other, ...command)).toMatchObject({ code: 1, err: expect.stringMatching(/encrypted with the key [0-9a-f]{16}/) });
    const rotated = { ...other, BACKUP_ENCRYPTION_KEY_PREVIOUS: settings()['BACKUP_ENCRYPTION_KEY'] ?? '' };
    expect(await runTenantry(rotated, 'backup:list')).toMatchObject({ code: 0, out: expect.stringContaining(nameAt(1)) });
  }, 60_000);

  it('attempts an organization again that has failed, and ends when the storage does not answer', async () => {
    const onOrganization = (_: string, done: number): void => {
      if (done === 0) bucket.lostCompletions = 3;
    };
    expect(await backups.makeBackup(nameAt(2), { onOrganization })).toMatchObject({ failed: [] });
    const broken = backups.makeBackup(nameAt(3), { onOrganization: () => bucket.failNext(503, 20) });
    await expect(broken).rejects.toThrow('503');
    bucket.failures.length = 0;
    expect(await backups.hasEnded(nameAt(3))).toBe(false);
    expect(await backups.makeBackup(nameAt(3))).toMatchObject({ failed: [] });
  }, 60_000);

  it('a storage that refuses the access is answered with 503', async () => {
    const email = replica.world.email('operator');
    await replica.app.get(PlatformAdminsService).createPlatformAdmin(email, 'Otto', goodPassword);
    const session = await replica.api.post('/auth/login', { email, password: goodPassword });
    const operator = replica.api.as((session.body as { accessToken: string }).accessToken);
    bucket.failNext(403);
    expect(await operator.get('/platform/backups')).toMatchObject({ status: 503, body: { code: 'storage_unavailable' } });
    expect(await operator.get('/platform/backups')).toMatchObject({ status: 200 });
  });

  it('a damaged index hides no other backup, and names that are no past time are refused', async () => {
    await objects.write(indexKey(nameAt(4)), [Buffer.from('{"format":"tenantry-ba')]);
    await objects.write(markKey(nameAt(4)), [Buffer.from('{}\n')]);
    expect((await backups.listBackups()).map(({ backup }) => backup)).toEqual([nameAt(3), nameAt(2), nameAt(1)]);
    await expect(backups.restoreOrganization(nameAt(4), owner.slug, {})).rejects.toThrow('is damaged');
    await expect(backups.restoreOrganization('latest', 'nobody-here', {})).rejects.toThrow('is damaged');
    expect(await backups.findNewest()).toMatchObject({ backup: nameAt(3) });
    for (const name of ['2031-01-01T00-00-00Z', 'mine', '../../x']) await expect(backups.makeBackup(name)).rejects.toThrow('is not the name of a backup');
    await objects.delete(indexKey(nameAt(4)));
    await objects.delete(markKey(nameAt(4)));
  });

  it('one that has ended stays as it is, and that of another installation is no backup of this one', async () => {
    const before = await backups.listBackups();
    await look.query('delete from organizations where slug = $1', ['of-the-victim']);
    expect(await backups.makeBackup(nameAt(3))).toEqual(before[0]);
    await objects.write(markKey(nameAt(5)), [Buffer.from('{"installation":"that of others"}\n')]);
    await expect(backups.makeBackup(nameAt(5))).rejects.toThrow('another APP_SECRET');
    const summary = { backup: nameAt(5), startedAt: '', finishedAt: '', organizations: 1, bytes: 0, failed: [], installation: 'that of others' };
    await objects.write(indexKey(nameAt(5)), linesOfIndex(summary, []));
    expect(await backups.findNewest()).toMatchObject({ backup: nameAt(3) });
    await expect(backups.hasEnded(nameAt(5))).rejects.toThrow('another APP_SECRET');
    await objects.delete(indexKey(nameAt(5)));
    await objects.delete(markKey(nameAt(5)));
  });

  it('keeps the newest backup that has every organization, although newer ones lack some or are empty', async () => {
    const write = async (backup: string, organizations: number, failed: string[]): Promise<void> => {
      await objects.write(markKey(backup), [Buffer.from('{}\n')]);
      await objects.write(indexKey(backup), linesOfIndex({ backup, startedAt: '', finishedAt: '', organizations, bytes: 0, failed }, []));
    };
    clock.time = new Date('2027-02-07T01:00:00Z');
    await write('2027-02-06T02-00-00Z', 7, [owner.organizationId]);
    await write('2027-02-05T02-00-00Z', 0, []);
    expect(await backups.deleteExpired()).toEqual([nameAt(1), nameAt(2)]);
    expect((await backups.listBackups()).map(({ backup }) => backup)).toEqual(['2027-02-06T02-00-00Z', '2027-02-05T02-00-00Z', nameAt(3)]);
  });
});
