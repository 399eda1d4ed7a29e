import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CompactSign, importJWK } from 'jose';
import pg from 'pg';
import type { AppConfig } from '../../src/config/app-config.js';
import { PlatformDb } from '../../src/database/platform-db.js';
import { PlatformPool } from '../../src/database/wire/platform-pool.js';
import { AuditCheckpointsService } from '../../src/modules/audit/checkpoints/audit-checkpoints.service.js';
import { readCheckpoint, tokenHash, type Checkpoint } from '../../src/modules/audit/checkpoints/checkpoint.js';
import { CheckpointDestination } from '../../src/modules/audit/checkpoints/checkpoint-destination.js';
import { CheckpointVerificationService } from '../../src/modules/audit/checkpoints/checkpoint-verification.service.js';
import { ExportCheckpointsJob } from '../../src/modules/audit/checkpoints/export-checkpoints.job.js';
import { AuditVerificationService, type ChainReport, type LogReport } from '../../src/modules/audit/hash-chain/audit-verification.service.js';
import { chained } from '../support/audit.js';
import { runJob } from '../support/jobs.js';
import { scratchDatabase, type ScratchDatabase } from '../support/scratch-database.js';
import { testSecret } from '../support/secret.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { Person } from '../support/world.js';

let database: ScratchDatabase;
let server: TestServer;
/** Bypasses row security and triggers, as no role of the application can: an attacker with access to the server. */
let intruder: pg.Client;
beforeAll(async () => {
  database = await scratchDatabase();
  server = await startTestServer({ JOBS_ENABLED: 'false' }, database);
  const { url } = JSON.parse(process.env['TENANTRY_TEST_ADMIN'] ?? '{}') as { url: string };
  intruder = new pg.Client({ connectionString: Object.assign(new URL(url), { pathname: new URL(database.owner).pathname }).href });
  await intruder.connect();
  await intruder.query(`set session_replication_role = replica`);
});
afterAll(async () => {
  await intruder.end();
  await server.close();
  await database.drop();
});

let owner: Person;
let bystander: Person;
/** Two organizations and the platform with a few events, and two checkpoints, the last of which names the first organization. */
beforeEach(async () => {
  await intruder.query('truncate audit.checkpoints, audit.log_retention; delete from audit.events; delete from audit.heads');
  await intruder.query('alter table audit.log_retention drop constraint if exists log_retention_days_check, add constraint log_retention_days_check check (days >= 30)');
  await intruder.query(`select audit.refuse('[{"code":"permission_denied","times":1,"waited":0,"actorKind":"anonymous"}]')`);
  [owner, bystander] = await server.world.twoTenants();
  await grow(owner, 'One');
  await grow(bystander, 'One');
  await makeCheckpoint();
  await grow(owner, 'Two');
  await makeCheckpoint();
});

async function grow({ api, home }: Person, name: string): Promise<void> {
  await api.post(`${home}/projects`, { name });
  await chained(intruder);
}

let minute = Date.parse('2026-01-01T00:00:00Z');
async function makeCheckpoint(): Promise<void> {
  expect(await runJob(server.app, 'make-audit-checkpoints', new Date((minute += 60_000)))).toMatchObject({ outcome: 'done' });
}

const verify = (exported: readonly string[] = [], organizationId?: string): Promise<LogReport> => server.app.get(AuditVerificationService).verifyLog(organizationId, { exported });
const tokens = async (): Promise<string[]> => (await intruder.query<{ token: string }>('select token from audit.checkpoints order by number')).rows.map(({ token }) => token);
const chainOf = ({ organizationId }: Person, { chains }: LogReport): ChainReport | undefined => chains.find((chain) => chain.organizationId === organizationId);
const lastSequence = async ({ organizationId }: Person): Promise<number> =>
  Number((await intruder.query<{ last: string }>('select max(sequence) as last from audit.events where organization_id = $1', [organizationId])).rows[0]?.last);

async function expectValid(report: LogReport): Promise<void> {
  expect(report.checkpoints.bad).toBeUndefined();
  expect(report.chains.filter(({ bad }) => bad !== undefined)).toEqual([]);
}

/** Another installation, or this one with other secrets. */
const withSecrets = (appSecret: string, previousSecrets: readonly string[] = []): AuditCheckpointsService =>
  new AuditCheckpointsService({ appSecret, previousSecrets } as unknown as AppConfig);
const make = (service: AuditCheckpointsService): Promise<number> => server.app.get(PlatformDb).$transaction((tx) => service.makeCheckpoints(tx, new Date()));
function verifyWith(service: AuditCheckpointsService): Promise<LogReport> {
  const pool = server.app.get(PlatformPool);
  return new AuditVerificationService(pool, new CheckpointVerificationService(pool, service)).verifyLog();
}

describe('checkpoints', () => {
  it('a checkpoint names the chains that have grown, and the checkpoint before it', async () => {
    const [first, second] = await tokens();
    const [one, two] = [readCheckpoint(first ?? ''), readCheckpoint(second ?? '')];
    expect(one).toMatchObject({ number: 1, previous: null });
    expect(one.heads.map(({ chain }) => chain)).toEqual(expect.arrayContaining([owner.organizationId, bystander.organizationId]));
    expect(two).toMatchObject({ number: 2, previous: tokenHash(first ?? ''), heads: [{ chain: owner.organizationId, sequence: await lastSequence(owner) }] });
    await makeCheckpoint();
    expect(await tokens()).toHaveLength(2);
    const report = await verify();
    await expectValid(report);
    expect(report.checkpoints).toMatchObject({ checkpoints: 2, newest: { at: two.at } });
  });

  it('two servers that make checkpoints at once make no gap', async () => {
    await grow(owner, 'Three');
    const service = server.app.get(AuditCheckpointsService);
    const made = await Promise.all([make(service), make(service), make(service)]);
    expect(made.toSorted()).toEqual([0, 0, 1]);
    await expectValid(await verify());
  });

  it('the checkpoints of a former secret are believed when a new one follows, and not before', async () => {
    const rotated = withSecrets('another secret of this installation', [testSecret]);
    const later = withSecrets('another secret of this installation');
    expect((await verifyWith(later)).checkpoints.bad).toMatchObject({ number: 2, reason: expect.stringContaining('APP_SECRET_PREVIOUS') });
    expect(await make(rotated)).toBe(1);
    expect(readCheckpoint((await tokens()).at(-1) ?? '')).toMatchObject({ number: 3, heads: [] });
    await expectValid(await verifyWith(later));
    expect(await make(rotated)).toBe(0);
  });

  it('no checkpoint follows one that this installation has not signed', async () => {
    await grow(owner, 'Three');
    await expect(make(withSecrets('the secret of a stranger'))).rejects.toThrow('APP_SECRET_PREVIOUS');
    expect(await tokens()).toHaveLength(2);
  });
});

describe('a log that was tampered with, found by checkpoints', () => {
  const cut = (person: Person, after: number): Promise<unknown> =>
    intruder.query(`delete from audit.events where organization_id = '${person.organizationId}' and sequence > ${after};
      update audit.heads h set (sequence, hash, previous_hash) = (select e.sequence, e.hash, e.previous_hash from audit.events e where e.organization_id = h.chain and e.sequence = ${after})
       where chain = '${person.organizationId}'`);
  const erase = (person: Person): Promise<unknown> =>
    intruder.query(`delete from audit.events where organization_id = '${person.organizationId}'; delete from audit.heads where chain = '${person.organizationId}'`);

  it('a chain that was deleted with its head', async () => {
    await erase(owner);
    expect(chainOf(owner, await verify())).toMatchObject({ events: 0, bad: { sequence: expect.any(Number), reason: expect.stringContaining('removed') } });
    expect(chainOf(owner, await verify([], owner.organizationId))?.bad).toBeDefined();
    expect(chainOf(bystander, await verify())?.bad).toBeUndefined();
  });

  it('an end that was cut off with the head set back', async () => {
    const last = await lastSequence(owner);
    await cut(owner, last - 1);
    expect(chainOf(owner, await verify())?.bad).toEqual({ sequence: last, reason: 'checkpoint 2 names the event, which was removed' });
  });

  it('an end that was rewritten with valid hashes', async () => {
    const last = await lastSequence(owner);
    await cut(owner, last - 1);
    await grow(owner, 'Another two');
    expect(await lastSequence(owner)).toBe(last);
    await makeCheckpoint();
    expect(chainOf(owner, await verify())?.bad).toEqual({ sequence: last, reason: 'the event differs from the one that checkpoint 2 names' });
  });

  it('the chain of the platform, which was deleted', async () => {
    await intruder.query(`delete from audit.events where organization_id is null; delete from audit.heads where chain = '00000000-0000-0000-0000-000000000000'`);
    expect((await verify()).chains.find(({ organizationId }) => organizationId === null)?.bad).toBeDefined();
  });

  it('events that seem to have expired', async () => {
    await intruder.query(
      `update audit.heads h set removed = 2, removed_hash = (select e.hash from audit.events e where e.organization_id = h.chain and e.sequence = 2) where chain = $1`,
      [owner.organizationId],
    );
    await intruder.query('delete from audit.events where organization_id = $1 and sequence <= 2', [owner.organizationId]);
    expect(chainOf(owner, await verify())?.bad).toEqual({ sequence: 1, reason: 'events up to 2 were removed, and no checkpoint says so' });
  });

  it.each([
    ['a checkpoint that was removed', 'delete from audit.checkpoints where number = 1', 1],
    [
      'a checkpoint with another time',
      `update audit.checkpoints set token = split_part(token, '.', 1) || '.' || encode('{"number":1,"at":"x","previous":null,"heads":[]}', 'base64') || '.' || split_part(token, '.', 3) where number = 1`,
      1,
    ],
    ['a checkpoint in the place of another', 'update audit.checkpoints set token = (select token from audit.checkpoints where number = 1) where number = 2', 2],
    ['a checkpoint that is none', `update audit.checkpoints set token = 'nothing' where number = 2`, 2],
    ['a checkpoint without its signature', `update audit.checkpoints set token = split_part(token, '.', 1) || '.' || split_part(token, '.', 2) || '.' where number = 2`, 2],
  ])('%s', async (_, sql, number) => {
    await intruder.query(sql);
    expect((await verify()).checkpoints.bad).toMatchObject({ number, reason: expect.any(String) });
  });

  it('a checkpoint that somebody else has signed', async () => {
    const last = readCheckpoint((await tokens())[1] ?? '');
    const forged: Checkpoint = { ...last, number: 3, previous: tokenHash((await tokens())[1] ?? ''), heads: [] };
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }, 'EdDSA');
    const token = await new CompactSign(Buffer.from(JSON.stringify(forged))).setProtectedHeader({ alg: 'EdDSA', typ: 'tenantry-audit-checkpoint', kid: 'stranger' }).sign(key);
    await intruder.query('insert into audit.checkpoints (number, token) values (3, $1)', [token]);
    expect((await verify()).checkpoints.bad).toMatchObject({ number: 3 });
  });

  it('the newest checkpoint, which was removed with what it names: the exported ones tell', async () => {
    const exported = await tokens();
    const last = await lastSequence(owner);
    await cut(owner, last - 1);
    await intruder.query('delete from audit.checkpoints where number = 2');
    await intruder.query('update audit.heads set checkpointed = 0');
    await expectValid(await verify());
    const report = await verify(exported);
    expect(report.checkpoints).toMatchObject({ exported: 2, bad: { number: 2, reason: 'it was exported and is not in the database' } });
    expect(chainOf(owner, report)?.bad).toMatchObject({ sequence: last });
    // A new one takes its number.
    await grow(owner, 'Another two');
    await makeCheckpoint();
    expect((await verify(exported)).checkpoints.bad).toEqual({ number: 2, reason: 'it differs from the one that was exported' });
  });

  it('an exported checkpoint that was changed is not believed', async () => {
    const [first = '', second = ''] = await tokens();
    await expectValid(await verify([first, second]));
    const changed = `${second.slice(0, -6)}AAAAAA`;
    expect((await verify([first, changed])).checkpoints.bad).toEqual({ number: 2, reason: 'no known key has signed the exported one' });
    expect((await verify(['nothing'])).checkpoints.bad).toMatchObject({ number: 1 });
  });
});

describe('the export of checkpoints', () => {
  const run = (destination: CheckpointDestination): Promise<unknown> => server.app.get(PlatformDb).$transaction((tx) => new ExportCheckpointsJob(destination).run(tx));
  const to = (url: string, token?: string): CheckpointDestination => new CheckpointDestination({ auditCheckpoints: { url, token } } as unknown as AppConfig);

  it('appends each checkpoint once to a file, in order', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-checkpoints-'));
    try {
      const file = path.join(folder, 'checkpoints.txt');
      const destination = to(pathToFileURL(file).href);
      expect(await run(destination)).toEqual({ exported: 2 });
      await grow(owner, 'Three');
      await makeCheckpoint();
      expect(await run(destination)).toEqual({ exported: 1 });
      expect(await run(destination)).toEqual({ exported: 0 });
      expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toEqual(await tokens());
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('sends them to a server, again when it has refused them, and to no other server', async () => {
    const received: { readonly authorization: string | undefined; readonly checkpoints: readonly string[] }[] = [];
    let answer: readonly [number, Record<string, string>?] = [500];
    const sink = createServer((request, response) => {
      void (async () => {
        received.push({ authorization: request.headers.authorization, ...(JSON.parse(await bodyOf(request)) as { checkpoints: string[] }) });
        response.writeHead(...answer).end();
      })();
    });
    const url = await listen(sink);
    try {
      await expect(run(to(url, 'secret'))).rejects.toThrow('answered 500');
      answer = [302, { location: `${url}/elsewhere` }];
      await expect(run(to(url, 'secret'))).rejects.toThrow(/./);
      answer = [204];
      expect(await run(to(url, 'secret'))).toEqual({ exported: 2 });
      expect(await run(to(url, 'secret'))).toEqual({ exported: 0 });
      const all = await tokens();
      expect(received).toEqual(Array.from({ length: 3 }, () => ({ authorization: 'Bearer secret', checkpoints: all })));
    } finally {
      sink.close();
    }
  });

  it('without a destination, checkpoints wait for one', async () => {
    expect(await run(new CheckpointDestination({ auditCheckpoints: undefined } as unknown as AppConfig))).toEqual({ exported: 0 });
    const { rows } = await intruder.query('select from audit.checkpoints where exported_at is null');
    expect(rows).toHaveLength(2);
  });
});

describe('retention of the log', () => {
  /** Every event that exists has expired. */
  async function expireAll(): Promise<void> {
    await intruder.query('alter table audit.log_retention drop constraint log_retention_days_check');
    await intruder.query('insert into audit.log_retention (days) values (0) on conflict (only_row) do update set days = 0');
  }
  let hour = Date.parse('2026-01-01T00:35:00Z');
  const remove = (): Promise<unknown> => runJob(server.app, 'remove-expired-audit-events', new Date((hour += 3_600_000)));

  it('without a retention, nothing is removed', async () => {
    expect(await remove()).toMatchObject({ outcome: 'done', result: { chains: 0, removed: 0 } });
  });

  it('expired events are removed, a checkpoint says so, and the chain continues', async () => {
    const last = await lastSequence(owner);
    await expireAll();
    expect(await remove()).toMatchObject({ outcome: 'done', result: { removed: expect.any(Number) } });
    expect((await intruder.query('select from audit.events')).rows).toEqual([]);
    const after = await verify(await tokens());
    await expectValid(after);
    expect(chainOf(owner, after)).toMatchObject({ events: 0, removed: last });
    await intruder.query('update audit.log_retention set days = 30');
    await grow(owner, 'Three');
    expect(await remove()).toMatchObject({ result: { chains: 0, removed: 0 } });
    expect(chainOf(owner, await verify())).toMatchObject({ events: 1, removed: last, bad: undefined });
    expect((await owner.api.get(`${owner.home}/audit-logs`)).body.data).toHaveLength(1);
  });

  it('removes a part at a time', async () => {
    await expireAll();
    const service = server.app.get(AuditCheckpointsService);
    const removed = await server.app.get(PlatformDb).$transaction(async (tx) => {
      const rows = await tx.$queryRaw<{ chain: string; events: bigint }[]>`select chain::text, events from audit.remove_expired(2)`;
      const chains = rows.map(({ chain }) => chain);
      await service.makeCheckpoints(tx, new Date(), chains);
      return rows.map(({ events }) => Number(events));
    });
    expect(removed.reduce((sum, events) => sum + events, 0)).toBe(2);
    await expectValid(await verify());
    await remove();
    await expectValid(await verify());
    expect((await intruder.query('select from audit.events')).rows).toEqual([]);
  });

  it('what a server removes without a checkpoint is reported', async () => {
    await expireAll();
    await intruder.query('select from audit.remove_expired(2)');
    expect((await verify()).chains.filter(({ bad }) => bad !== undefined)).not.toEqual([]);
  });

  it('neither the platform role nor the owner of the tables deletes an event, or shortens the log', async () => {
    const clients = [database.platform, database.owner].map((connectionString) => new pg.Client({ connectionString }));
    try {
      for (const client of clients) {
        await client.connect();
        await expect(client.query('delete from audit.events')).rejects.toMatchObject({ code: '42501' });
      }
      const [platform] = clients;
      await expect(platform?.query('insert into audit.log_retention (days) values (30)')).rejects.toMatchObject({ code: '42501' });
      await expect(platform?.query('delete from audit.checkpoints')).rejects.toMatchObject({ code: '42501' });
      expect((await platform?.query('select from audit.remove_expired(100000)'))?.rows).toEqual([]);
      await expect(clients[1]?.query('insert into audit.log_retention (days) values (29)')).rejects.toMatchObject({ code: '23514' });
    } finally {
      for (const client of clients) await client.end();
    }
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

async function listen(sink: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    sink.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
}
