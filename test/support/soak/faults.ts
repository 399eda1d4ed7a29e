import { spawnSync } from 'node:child_process';
import { chmod, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startTenantry } from '../command.js';
import { startRedis } from '../redis.js';
import { smallDisk, unmount } from '../small-disk.js';
import { isDone, type Answers } from './answers.js';
import { operator, type SoakInstallation } from './installation.js';
import { SoakTenant } from './tenant.js';

/** Causes a fault, which lasts for so many milliseconds, and ends it. */
export interface Fault {
  readonly name: string;
  run(lasting: number): Promise<void>;
}

/** Returns the faults that can be caused here: some need a Redis of their own, or the right to mount a disk. */
export function soakFaults(installation: SoakInstallation, answers: Answers, brief: boolean): Fault[] {
  const { postgres, smtp, proxy } = installation;
  let turn = 0;
  /** Two of the three in turn: the memory of the first one is watched for longer. */
  const oneOf = (): number => 1 + ((turn += 1) % 2);
  const between = (name: string, begin: () => Promise<void> | void, end: () => Promise<void> | void): Fault => ({
    name,
    async run(lasting) {
      await begin();
      await pause(lasting);
      await end();
    },
  });
  const lock = (name: string, ...statements: string[]): Fault => ({
    name,
    async run(lasting) {
      const holder = await postgres.connect();
      for (const statement of ['begin', ...statements]) await holder.query(statement);
      await pause(lasting);
      await holder.end();
    },
  });
  return [
    ...(brief ? [] : [{ name: 'a secret is rotated', run: () => rotateSecret(installation) }]),
    { name: 'a replica is killed (SIGKILL)', run: async () => void (await installation.replace(oneOf(), 'SIGKILL')) },
    { name: 'a replica is restarted (SIGTERM)', run: () => restart(installation, oneOf()) },
    { name: 'all connections of the database are ended', run: () => endConnections(installation) },
    { name: 'PostgreSQL is restarted (fast)', run: () => installation.restartPostgres('fast') },
    { name: 'PostgreSQL is restarted (immediate)', run: () => installation.restartPostgres('immediate') },
    between(
      'PostgreSQL is frozen',
      () => postgres.freeze(),
      () => postgres.thaw(),
    ),
    between(
      'the network loses all connections without a sign',
      () => proxy.silence(),
      () => undefined,
    ),
    ...redisFaults(installation),
    between(
      'the mail server refuses connections',
      () => smtp.stop(),
      () => smtp.start(),
    ),
    between(
      'the mail server hangs',
      () => smtp.fail('greeting', 'silence'),
      () => smtp.heal(),
    ),
    between(
      'the disk of the mail server is full',
      () => smtp.fail('dot', '452 4.3.1 Insufficient system storage'),
      () => smtp.heal(),
    ),
    { name: 'the disk under the audit log is full', run: (lasting) => fillDisk(installation, lasting) },
    between(
      'the clock of a replica is a minute ahead',
      () => installation.setClock(2, 60_000),
      () => installation.setClock(2, 0),
    ),
    lock('a busy table is locked', 'lock table invitations'),
    // In the order of the product (docs/database.md): in another one, the holder itself would be part of a deadlock.
    lock('all organizations are locked', 'select from organizations order by id for update'),
    { name: 'an organization is erased under load', run: (lasting) => eraseUnderLoad(installation, answers, lasting) },
  ];
}

async function restart(installation: SoakInstallation, number: number): Promise<void> {
  const code = await installation.replace(number, 'SIGTERM');
  if (code !== 0) throw new Error(`a replica that got SIGTERM ended with code ${code}`);
}

/** As docs/secrets.md describes it. The old secret stays for a while: until the next rotation. */
async function rotateSecret(installation: SoakInstallation): Promise<void> {
  const [old, next] = [installation.secrets.secret, `another secret of the soak ${Math.random()}, which is long enough`];
  const everywhere = async (secrets: SoakInstallation['secrets']): Promise<void> => {
    installation.secrets = secrets;
    for (const number of installation.replicas.keys()) {
      await restart(installation, number);
      await installation.healed();
    }
  };
  await everywhere({ secret: old, previous: next });
  await everywhere({ secret: next, previous: old });
  const { code, out, err } = await startTenantry(installation.env, 'secrets:rotate').ended;
  if (code !== 0) throw new Error(`secrets:rotate ended with ${code}: ${out}${err}`);
}

async function endConnections({ postgres }: SoakInstallation): Promise<void> {
  await postgres.run(`select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tenantry%'`);
}

function redisFaults(installation: SoakInstallation): Fault[] {
  const { redis } = installation;
  if (redis === undefined) return [];
  return [
    {
      name: 'Redis is frozen',
      async run(lasting) {
        installation.redis?.signal('SIGSTOP');
        await pause(lasting);
        installation.redis?.signal('SIGCONT');
      },
    },
    {
      name: 'Redis is restarted without its data',
      async run(lasting) {
        await installation.redis?.stop();
        await pause(lasting);
        installation.redis = await startRedis(Number(new URL(redis.url).port));
      },
    },
  ];
}

async function fillDisk({ postgres }: SoakInstallation, lasting: number): Promise<void> {
  const folder = await smallDisk(16 * 1024);
  if (folder === undefined) return;
  const [space, filler] = [path.join(folder, 'space'), path.join(folder, 'filler')];
  try {
    await chmod(folder, 0o755);
    spawnSync('install', ['-d', '-m', '700', space]);
    spawnSync('chown', ['--reference', postgres.folder, space]);
    await postgres.run(`create tablespace small location '${space}'`, 'alter table audit.pending set tablespace small');
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1k', 'count=100000']);
    await pause(lasting);
    await rm(filler);
    await postgres.run('alter table audit.pending set tablespace pg_default', 'checkpoint', 'drop tablespace small');
  } finally {
    await unmount(folder);
  }
}

/** An organization is erased while its owner works. Nothing of it remains. */
async function eraseUnderLoad(installation: SoakInstallation, answers: Answers, lasting: number): Promise<void> {
  const doomed = await SoakTenant.signUp(installation, answers);
  const signedIn = await answers.send(installation.client(), 'POST', '/auth/login', operator);
  const token = signedIn?.body.accessToken as string;
  const state = { erased: false };
  const writing = Array.from({ length: 4 }, async () => {
    while (!state.erased)
      await answers.send(
        installation.client(doomed.token),
        'POST',
        `/organizations/${doomed.organizationId}/teams`,
        { name: `Doomed ${Math.random()}` },
        { refusals: [401, 403, 404] },
      );
  });
  await pause(Math.min(lasting, 2000));
  while (!state.erased) {
    const reply = await answers.send(installation.client(token), 'DELETE', `/tenants/${doomed.organizationId}?hard=true`, undefined, { refusals: [404] });
    state.erased = isDone(reply) || reply?.status === 404;
  }
  await Promise.all(writing);
  const left = await findRows(installation, doomed.organizationId);
  if (left.length > 0) throw new Error(`of an erased organization there are still ${left.join(', ')}`);
}

async function findRows({ postgres }: SoakInstallation, organizationId: string): Promise<string[]> {
  const tables = ['memberships', 'teams', 'invitations', 'api_keys', 'usage_events', 'meter_totals', 'organization_settings'];
  const existing = await postgres.run<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'organization_id' and table_name in (${tables.map((name) => `'${name}'`).join(', ')})`,
  );
  const left: string[] = [];
  for (const { name } of existing) {
    const rows = await postgres.run<{ count: number }>(`select count(*)::int as count from ${name} where organization_id = '${organizationId}'`);
    if ((rows[0]?.count ?? 0) > 0) left.push(`${rows[0]?.count} rows of ${name}`);
  }
  return left;
}
