import { createServer, type IncomingMessage, type Server } from 'node:http';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CompactSign, importJWK } from 'jose';
import pg from 'pg';
import { MachineClock } from '../../src/common/clock.js';
import type { AppConfig } from '../../src/config/app-config.js';
import { PlatformDb, type PlatformTransaction } from '../../src/database/platform-db.js';
import { PlatformPool } from '../../src/database/wire/platform-pool.js';
import { JobRegistryService } from '../../src/jobs/job-registry.service.js';
import { JobRunsService } from '../../src/jobs/job-runs.service.js';
import { AuditCheckpointsService } from '../../src/modules/audit/checkpoints/audit-checkpoints.service.js';
import { readCheckpoint, tokenHash, type Checkpoint } from '../../src/modules/audit/checkpoints/checkpoint.js';
import { CheckpointDestination, tokensIn } from '../../src/modules/audit/checkpoints/checkpoint-destination.js';
import { CheckpointVerificationService } from '../../src/modules/audit/checkpoints/checkpoint-verification.service.js';
import { ExportCheckpointsJob } from '../../src/modules/audit/checkpoints/export-checkpoints.job.js';
import { AuditVerificationService, type ChainReport, type LogReport } from '../../src/modules/audit/hash-chain/audit-verification.service.js';
import { OrganizationErasureService } from '../../src/modules/tenants/lifecycle/organization-erasure.service.js';
import { changedToken } from '../support/changed-token.js';
import { chained } from '../support/audit.js';
import { eventually } from '../support/eventually.js';
import { runJob } from '../support/jobs.js';
import { lockWaiters } from '../support/lock-waiters.js';
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
  await intruder.query(`create table _age (age interval not null); insert into _age values ('0'); grant select on _age to public;
    create function make_older() returns trigger language plpgsql as $$ begin new.occurred_at := new.occurred_at - (select age from public._age); return new; end $$;
    create trigger make_older before insert on audit.pending for each row execute function make_older()`);
});
afterAll(async () => {
  await intruder.end();
  await server.close();
  await database.drop();
});

let owner: Person;
let bystander: Person;
/** Waits for the chaining that the server has begun, which locks heads before events. */
const afterChaining = 'lock table audit.heads in exclusive mode';

/** Two organizations and the platform with a few events, and two checkpoints, the last of which names the first organization. */
beforeEach(async () => {
  await intruder.query(`${afterChaining}; truncate audit.checkpoints, audit.log_retention; delete from audit.events; delete from audit.heads`);
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
  await api.post(`${home}/teams`, { name });
  await chained(intruder);
}

/** What happens in `work` seems to have happened earlier. */
async function age<Result>(work: () => Promise<Result>, by: string): Promise<Result> {
  await intruder.query('update _age set age = $1', [by]);
  try {
    return await work();
  } finally {
    await intruder.query(`update _age set age = '0'`);
  }
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
const withSecrets = (appSecret: string, previousSecrets: readonly string[] = [], acceptedCheckpoint?: string): AuditCheckpointsService =>
  new AuditCheckpointsService({ appSecret, previousSecrets, acceptedCheckpoint } as unknown as AppConfig, new MachineClock());
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

  it('when the former secret is lost, checkpoints follow the one that the settings name, and no other', async () => {
    const [first = '', last = ''] = await tokens();
    const accepting = (token: string): AuditCheckpointsService => withSecrets('a new secret of this installation', [], tokenHash(token));
    await expect(make(accepting(first))).rejects.toThrow('secrets.md');
    expect(await make(accepting(last))).toBe(1);
    await expectValid(await verifyWith(withSecrets('a new secret of this installation')));
    // Somebody replaces it by one that names the same key, and is not signed by it.
    const forged = `${last.slice(0, last.lastIndexOf('.'))}.${'A'.repeat(86)}`;
    await intruder.query('delete from audit.checkpoints where number = 3');
    await intruder.query('update audit.checkpoints set token = $1 where number = 2', [forged]);
    await expect(make(withSecrets(testSecret, [], tokenHash(forged)))).rejects.toThrow('audit:verify');
  });
});

describe('a log that was tampered with, found by checkpoints', () => {
  const cut = (person: Person, after: number): Promise<unknown> =>
    intruder.query(`${afterChaining}; delete from audit.events where organization_id = '${person.organizationId}' and sequence > ${after};
      update audit.heads h set (sequence, hash, previous_hash) = (select e.sequence, e.hash, e.previous_hash from audit.events e where e.organization_id = h.chain and e.sequence = ${after})
       where chain = '${person.organizationId}'`);
  /** As if the first events had expired. */
  async function cutBeginning({ organizationId }: Person, last: number): Promise<void> {
    await intruder.query(
      `update audit.heads h set removed = $2, removed_hash = (select e.hash from audit.events e where e.organization_id = h.chain and e.sequence = $2) where chain = $1`,
      [organizationId, last],
    );
    await intruder.query('delete from audit.events where organization_id = $1 and sequence <= $2', [organizationId, last]);
  }
  const erase = (person: Person): Promise<unknown> =>
    intruder.query(
      `${afterChaining}; delete from audit.events where organization_id = '${person.organizationId}'; delete from audit.heads where chain = '${person.organizationId}'`,
    );

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
    await intruder.query(`${afterChaining}; delete from audit.events where organization_id is null; delete from audit.heads where chain = '00000000-0000-0000-0000-000000000000'`);
    expect((await verify()).chains.find(({ organizationId }) => organizationId === null)?.bad).toBeDefined();
  });

  it('events that seem to have expired', async () => {
    await cutBeginning(owner, 2);
    expect(chainOf(owner, await verify())?.bad).toEqual({ sequence: 1, reason: 'events up to 2 were removed, and no checkpoint says so' });
  });

  it('a beginning that the next checkpoint would have to approve of', async () => {
    await cutBeginning(owner, 2);
    await grow(owner, 'Three');
    await makeCheckpoint();
    expect(chainOf(owner, await verify())?.bad).toEqual({ sequence: 1, reason: 'events up to 2 were removed, and no checkpoint says so' });
  });

  it('the end of the chain of the platform, whose events are replaced by rows of no chain', async () => {
    await intruder.query(`insert into audit.events select ('00000000-0000-0000-0000-000000000000')::uuid as organization_id, (to_jsonb(e) ->> 'id')::uuid, e.sequence, e.occurred_at, e.request_id, e.actor_kind,
      e.actor_id, e.action, e.outcome, e.code, e.times, e.target_table, e.target_id, e.changes, e.actor_hash, e.details_hash, e.previous_hash, e.hash, e.actor_salt, e.actor_name, e.ip, e.user_agent, e.details_salt, e.details
      from audit.events e where organization_id is null`);
    await intruder.query(
      `${afterChaining}; delete from audit.events where organization_id is null; update audit.heads set (sequence, hash) = (0, decode(repeat('00', 32), 'hex')) where chain = '00000000-0000-0000-0000-000000000000'`,
    );
    expect((await verify()).chains.find(({ organizationId }) => organizationId === null)?.bad).toEqual({
      sequence: 1,
      reason: expect.stringMatching(/^checkpoint 1 names the event/),
    });
  });

  it('a chain that the checkpoints pass over', async () => {
    await intruder.query(`update audit.heads set checkpointed = 1000000, occurred_at = '-infinity' where chain = $1`, [owner.organizationId]);
    await age(() => grow(owner, 'Three'), '61 minutes');
    await grow(bystander, 'Two');
    await makeCheckpoint();
    expect(chainOf(owner, await verify())?.bad).toEqual({
      sequence: await lastSequence(owner),
      reason: 'checkpoint 3 was made more than an hour after the event, and none names it',
    });
    expect(chainOf(bystander, await verify())?.bad).toBeUndefined();
    await intruder.query('update audit.heads set checkpointed = 0 where chain = $1', [owner.organizationId]);
    await makeCheckpoint();
    await expectValid(await verify());
  });

  it.each([
    ['before the first one', '-1'],
    ['before the first one, at the end of the type', '-9223372036854775808'],
    ['at the place of another one', '2'],
  ])('an event that was added %s', async (_, sequence) => {
    await intruder.query('alter table audit.events drop constraint if exists events_sequence_key');
    await intruder.query(
      `insert into audit.events select (jsonb_populate_record(e, jsonb_build_object('sequence', $2::bigint, 'action', 'forged'))).* from audit.events e where e.organization_id = $1 and e.sequence = 1`,
      [owner.organizationId, sequence],
    );
    try {
      expect(chainOf(owner, await verify())?.bad).toBeDefined();
    } finally {
      await intruder.query(
        `delete from audit.events where action = 'forged'; alter table audit.events add constraint events_sequence_key unique nulls not distinct (organization_id, sequence)`,
      );
    }
  });

  it.each([['null'], ['{"chain":"x","sequence":1,"hash":"00"}'], ['{"chain":"00000000-0000-0000-0000-000000000000","sequence":1e300,"hash":"00"}'], ['7']])(
    'a checkpoint of a stranger whose end of a chain is %s',
    async (head) => {
      const [, second = ''] = await tokens();
      const [header, payload] = [
        { alg: 'EdDSA', typ: 'tenantry-audit-checkpoint', kid: 'stranger' },
        `{"number":3,"at":"2026-01-01T00:00:00Z","previous":"${tokenHash(second)}","heads":[${head}]}`,
      ];
      const token = [JSON.stringify(header), payload, 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.');
      await intruder.query('insert into audit.checkpoints (number, token) values (3, $1)', [token]);
      expect((await verify()).checkpoints.bad).toMatchObject({ number: 3 });
    },
  );

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
    expect((await verify([first, changedToken(second)])).checkpoints.bad).toEqual({ number: 2, reason: 'no known key has signed the exported one' });
    expect((await verify(['nothing'])).checkpoints.bad).toMatchObject({ number: 1 });
  });
});

describe('a log that nobody has tampered with', () => {
  it('is valid while the erasure of a person waits for its place in the chain', async () => {
    const client = new pg.Client({ connectionString: database.platform });
    await client.connect();
    try {
      // Holds the heads, so that no server chains the erasure.
      await intruder.query('begin; select from audit.heads for update');
      await client.query('select from audit.erase_person(array[$1], $2)', [owner.userId, [owner.email]]);
      expect((await intruder.query(`select from audit.pending where relation = 'audit.actors'`)).rows).not.toEqual([]);
      await expectValid(await verify());
    } finally {
      await intruder.query('rollback');
      await client.end();
    }
    await chained(intruder);
    await expectValid(await verify());
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

  it('continues after a line that was broken off, which is no checkpoint', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-checkpoints-'));
    try {
      const file = path.join(folder, 'checkpoints.txt');
      const [first = ''] = await tokens();
      for (const broken of ['', first.slice(0, 40), first]) {
        await writeFile(file, broken);
        await intruder.query('update audit.checkpoints set exported_at = null');
        expect(await run(to(pathToFileURL(file).href))).toEqual({ exported: 2 });
        const stored = tokensIn(await readFile(file, 'utf8'));
        expect([...new Set(stored)]).toEqual(await tokens());
        await expectValid(await verify(stored));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('does not wait for a reader of a pipe, and stores nothing in what is no file', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-checkpoints-'));
    try {
      const pipe = path.join(folder, 'pipe');
      await promisify(execFile)('mkfifo', [pipe]);
      for (const place of [pipe, folder, '/dev/null', '/dev/full']) await expect(run(to(pathToFileURL(place).href))).rejects.toThrow(/./);
      expect((await intruder.query('select from audit.checkpoints where exported_at is null')).rows).toHaveLength(2);
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

  it('an organization can be erased while the server for checkpoints hangs', async () => {
    let answer: (() => void) | undefined;
    const sink = createServer((request, response) => {
      request.resume();
      answer = () => void (response.headersSent || response.writeHead(204).end());
    });
    const url = await listen(sink);
    try {
      const job = { ...server.app.get(JobRegistryService).get('export-audit-checkpoints'), work: new ExportCheckpointsJob(to(url)) };
      const exported = server.app.get(JobRunsService).attempt(job, `hanging ${url}`, { now: new Date() });
      await eventually(
        () => Promise.resolve(answer),
        (asked) => asked !== undefined,
      );
      const erase = (tx: PlatformTransaction): Promise<number> => server.app.get(OrganizationErasureService).eraseOrganizations(tx, { id: bystander.organizationId });
      expect(await server.app.get(PlatformDb).$transaction(erase)).toBe(1);
      answer?.();
      expect(await exported).toMatchObject({ outcome: 'done', result: { exported: 2 } });
    } finally {
      answer?.();
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
  const old = '40 days';
  const past: MachineClock = { now: () => new Date(Date.now() - 40 * 24 * 3_600_000) };
  let hour = Date.parse('2026-01-01T00:35:00Z');
  const remove = (): Promise<unknown> => runJob(server.app, 'remove-expired-audit-events', new Date((hour += 3_600_000)));
  const keep = (days: number): Promise<unknown> =>
    intruder.query('insert into audit.log_retention (days) values ($1) on conflict (only_row) do update set days = excluded.days', [days]);
  async function makeOldCheckpoint(): Promise<void> {
    const service = new AuditCheckpointsService({ appSecret: testSecret, previousSecrets: [] } as unknown as AppConfig, past);
    await server.app.get(PlatformDb).$transaction((tx) => service.makeCheckpoints(tx, past.now()));
    await intruder.query('update audit.checkpoints set made_at = now() - $1::interval', [old]);
  }
  /** The same history as in the other tests, 40 days ago. */
  beforeEach(async () => {
    await intruder.query('truncate audit.checkpoints; delete from audit.events; delete from audit.heads');
    await age(async () => {
      await intruder.query(`select audit.refuse('[{"code":"permission_denied","times":1,"waited":0,"actorKind":"anonymous"}]')`);
      await intruder.query(`update audit.pending set occurred_at = occurred_at - $1::interval`, [old]);
      [owner, bystander] = await server.world.twoTenants();
      await grow(owner, 'One');
      await grow(bystander, 'One');
      await makeOldCheckpoint();
      await grow(owner, 'Two');
      await makeOldCheckpoint();
    }, old);
  });

  it('without a retention, nothing is removed', async () => {
    expect(await remove()).toMatchObject({ outcome: 'done', result: { chains: 0, removed: 0 } });
  });

  it('expired events are removed, a checkpoint says so, and the chain continues', async () => {
    const last = await lastSequence(owner);
    await keep(30);
    expect(await remove()).toMatchObject({ outcome: 'done', result: { removed: expect.any(Number) } });
    expect((await intruder.query(`select from audit.events where occurred_at < now() - interval '1 day'`)).rows).toEqual([]);
    const after = await verify(await tokens());
    await expectValid(after);
    expect(chainOf(owner, after)).toMatchObject({ events: 0, removed: last });
    await grow(owner, 'Three');
    await makeCheckpoint();
    expect(await remove()).toMatchObject({ result: { chains: 0, removed: 0 } });
    const end = await verify(await tokens());
    await expectValid(end);
    expect(chainOf(owner, end)).toMatchObject({ events: 1, removed: last });
    expect((await owner.api.get(`${owner.home}/audit-logs`)).body.data).toHaveLength(1);
  });

  it('events that no checkpoint has named for long enough remain', async () => {
    await keep(30);
    await age(() => grow(owner, 'Three'), old);
    await makeCheckpoint();
    await remove();
    expect(chainOf(owner, await verify())).toMatchObject({ events: 1, bad: undefined });
  });

  it('removes a part at a time', async () => {
    await keep(30);
    const service = server.app.get(AuditCheckpointsService);
    const removed = await server.app.get(PlatformDb).$transaction(async (tx) => {
      const rows = await tx.$queryRaw<{ chain: string; checkpoint: bigint; events: bigint }[]>`select chain::text, checkpoint, events from audit.remove_expired(now(), 2)`;
      await service.makeCheckpoints(tx, new Date(), new Map(rows.map(({ chain, checkpoint }) => [chain, Number(checkpoint)])));
      return rows.map(({ events }) => Number(events));
    });
    expect(removed.reduce((sum, events) => sum + events, 0)).toBe(2);
    await expectValid(await verify());
    await remove();
    await expectValid(await verify());
    expect((await intruder.query('select from audit.events')).rows).toEqual([]);
  });

  it('what a server removes without a checkpoint is reported', async () => {
    await keep(30);
    await intruder.query('select from audit.remove_expired(now(), 2)');
    expect((await verify()).chains.filter(({ bad }) => bad !== undefined)).not.toEqual([]);
  });

  it('a server whose clock is ahead, or whose database has such a clock, removes nothing', async () => {
    await keep(60);
    const removedBy = async (time: string): Promise<unknown> => (await intruder.query(`select from audit.remove_expired(${time}, 100)`)).rows;
    expect(await removedBy(`now() + interval '100 days'`)).toEqual([]);
    await keep(30);
    expect(await removedBy(`now() - interval '20 days'`)).toEqual([]);
  });

  it('checkpoints are made while events are removed, without a deadlock', async () => {
    await keep(30);
    await age(() => grow(owner, 'Three'), '1 minute');
    const service = server.app.get(AuditCheckpointsService);
    const platform = server.app.get(PlatformDb);
    let made: Promise<number> | undefined;
    await platform.$transaction(async (tx) => {
      const [holder] = await tx.$queryRaw<{ session: number }[]>`select pg_backend_pid() as session`;
      const rows = await tx.$queryRaw<{ chain: string; checkpoint: bigint }[]>`select chain::text, checkpoint from audit.remove_expired(now(), 100)`;
      made = make(service);
      await eventually(
        () => lockWaiters(intruder, holder?.session ?? 0),
        (count) => count > 0,
      );
      await service.makeCheckpoints(tx, new Date(), new Map(rows.map(({ chain, checkpoint }) => [chain, Number(checkpoint)])));
    });
    expect(await made).toBe(0);
    await expectValid(await verify());
  });

  describe('somebody who controls the database shortens the log', () => {
    it('to less than 30 days: the removal is signed, and not accepted', async () => {
      await intruder.query('alter table audit.log_retention drop constraint log_retention_days_check');
      await keep(0);
      await grow(owner, 'Three');
      await makeCheckpoint();
      await remove();
      expect(chainOf(owner, await verify())?.bad).toMatchObject({ sequence: 1, reason: expect.stringContaining('have expired, and they had not') });
    });

    it('by times of checkpoints that are changed meanwhile', async () => {
      await grow(owner, 'Three');
      await makeCheckpoint();
      const [, , true3 = ''] = await tokens();
      const changed = Buffer.from(JSON.stringify({ ...readCheckpoint(true3), at: past.now().toISOString() })).toString('base64url');
      await intruder.query(`update audit.checkpoints set made_at = now() - $1::interval, token = case when number = 3 then $2 else token end`, [
        old,
        true3.split('.').with(1, changed).join('.'),
      ]);
      await intruder.query(`update audit.events set occurred_at = occurred_at - $1::interval`, [old]);
      await keep(30);
      await remove();
      await intruder.query('update audit.checkpoints set token = $1 where number = 3', [true3]);
      expect((await verify()).chains.filter(({ bad }) => bad !== undefined).length + ((await verify()).checkpoints.bad === undefined ? 0 : 1)).toBeGreaterThan(0);
    });
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
      expect((await platform?.query('select from audit.remove_expired(now(), 100000)'))?.rows).toEqual([]);
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
