import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { AccessDeniedError, AuthorityChangedError } from '../../../src/access/access.errors.js';
import { platformRunners, tenantRunners } from '../../../src/database/pool-runners.js';
import { lastStatement } from '../../../src/database/transactions.js';
import { PlatformPool } from '../../../src/database/wire/platform-pool.js';
import { OutsideTransactionError } from '../../../src/database/wire/tenant-pool.errors.js';
import { TenantPool, type WriteSettings } from '../../../src/database/wire/tenant-pool.js';
import { Prisma, PrismaClient } from '../../../src/generated/prisma/client.js';
import { tenantSchema } from '../../../src/generated/tenant-schema.js';
import type { Authority } from '../../../src/tenancy/tenant-context.js';
import { IsolationLevelError } from '../../../src/tenancy/tenant-errors.js';
import { TenantContext } from '../../../src/tenancy/tenant-context.js';
import { createPlatformClient } from '../../../src/tenancy/platform-extension.js';
import { createTenantClient } from '../../../src/tenancy/tenant-extension.js';
import { RefusedWriteError, wireBinding } from '../../../src/tenancy/wire-binding.js';
import { testDatabase } from '../../support/database.js';
import { invitationColumns, invitationRow, invitationValues } from '../../support/sample-row.js';

const { app, platform } = testDatabase();
const organizationId = randomUUID();
const superuser = new pg.Pool({ connectionString: platform, max: 1 });

/** An authority that a test sets by hand; `renewal` says what judging the request again does. */
class TestAuthority implements Authority {
  operatorId: string | undefined;
  sessionId: string | undefined;
  serviceKey: { id: string; version: number } | undefined;
  organization: { id: string; version: number } | undefined = { id: organizationId, version: 0 };
  renewals = 0;
  renewal: () => Promise<void> = async () => this.read();

  async read(): Promise<void> {
    const { rows } = await superuser.query<{ version: number }>('select access_version as version from organizations where id = $1', [organizationId]);
    this.organization = { id: organizationId, version: rows[0]?.version ?? 0 };
  }

  conflict(): Error {
    return new AuthorityChangedError();
  }

  async renew(): Promise<void> {
    this.renewals += 1;
    await this.renewal();
  }
}

let authority: TestAuthority;
const settings = (): WriteSettings => {
  const { writes = true } = wireBinding.options();
  return writes ? { authority } : {};
};
const context = new TenantContext();
const tenantPool = new TenantPool({ connectionString: app, max: 2, connectionTimeoutMillis: 3000 }, () => wireBinding.current(), settings);
const tenantDb = createTenantClient(new PrismaClient({ adapter: new PrismaPg(tenantPool as unknown as pg.Pool) }), { schema: tenantSchema, context });
const platformPool = new PlatformPool({ connectionString: platform, max: 2, connectionTimeoutMillis: 3000 }, settings);
const platformDb = createPlatformClient(new PrismaClient({ adapter: new PrismaPg(platformPool) }));
/** The clients as in the application: their transactions run without Prisma. */
const directTenant = createTenantClient(new PrismaClient({ adapter: new PrismaPg(tenantPool as unknown as pg.Pool) }), {
  schema: tenantSchema,
  context,
  runners: tenantRunners(tenantPool, true),
});
const directPlatform = createPlatformClient(new PrismaClient({ adapter: new PrismaPg(platformPool) }), platformRunners(platformPool, true));

beforeAll(async () => {
  await superuser.query(`insert into organizations (id, name, slug, plan, updated_at) values ($1::uuid, 'Org', $2, 'free', now())`, [
    organizationId,
    `org-${organizationId.slice(0, 8)}`,
  ]);
});
afterAll(async () => {
  await superuser.query('delete from organizations where id = $1', [organizationId]);
  await tenantDb.$disconnect();
  await platformDb.$disconnect();
  await Promise.all([superuser.end(), tenantPool.end(), platformPool.end()]);
});

const inTenant = <Result>(work: () => Promise<Result>): Promise<Result> => context.run({ organizationId, actor: { kind: 'job', name: 'test' } }, work);
const name = 'Written';
const written = async (): Promise<number> =>
  (await superuser.query<{ n: number }>('select count(*)::int as n from invitations where organization_id = $1', [organizationId])).rows[0]?.n ?? 0;

type Write = () => Promise<unknown>;
/** The ways to write in a tenant. */
const writes: Readonly<Record<string, Write>> = {
  'a single statement of Prisma': () => inTenant(async () => tenantDb.invitation.create({ data: invitationRow(name) as never })),
  'a raw statement': () =>
    inTenant(
      async () => tenantDb.$executeRaw`${Prisma.raw(`insert into invitations (${invitationColumns}) values (${invitationValues('app.current_organization_id()', `'${name}'`)})`)}`,
    ),
  'a transaction': () => inTenant(() => tenantDb.$transaction(async (tx) => tx.invitation.create({ data: invitationRow(name) as never }))),
  'a transaction with the lock': () =>
    inTenant(() => tenantDb.$transaction(async (tx) => tx.invitation.create({ data: invitationRow(name) as never }), { locksOrganization: true })),
  'a statement of the platform': () => platformDb.invitation.create({ data: { organizationId, ...invitationRow(name) } }),
  'a raw statement of the platform': () =>
    platformPool.query(`insert into invitations (${invitationColumns}) values (${invitationValues('$1::uuid', '$2')})`, [organizationId, name]),
  'a transaction of the platform': () => platformDb.$transaction(async (tx) => tx.invitation.create({ data: { organizationId, ...invitationRow(name) } })),
  'a transaction of the platform with the lock': () =>
    platformDb.$transaction(async (tx) => tx.invitation.create({ data: { organizationId, ...invitationRow(name) } }), { locksOrganization: organizationId } as never),
  'a transaction without Prisma': () => inTenant(() => directTenant.$transaction(async (tx) => tx.invitation.create({ data: invitationRow(name) as never }))),
  'a transaction without Prisma, of one statement that commits': () =>
    inTenant(() => directTenant.$transaction(async (tx) => lastStatement(() => tx.invitation.create({ data: invitationRow(name) as never })))),
  'a transaction without Prisma, with the lock': () =>
    inTenant(() => directTenant.$transaction(async (tx) => tx.invitation.create({ data: invitationRow(name) as never }), { locksOrganization: true })),
  'a transaction without Prisma, with the lock, of one statement that commits': () =>
    inTenant(() => directTenant.$transaction(async (tx) => lastStatement(() => tx.invitation.create({ data: invitationRow(name) as never })), { locksOrganization: true })),
  'a transaction that waits for something else first, with the lock': () =>
    inTenant(() =>
      directTenant.$transaction(
        async (tx) => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          return tx.invitation.create({ data: invitationRow(name) as never });
        },
        { locksOrganization: true },
      ),
    ),
  'a transaction whose first statement is for Prisma': () =>
    inTenant(() => directTenant.$transaction(async (tx) => [await tx.invitation.aggregate({ _count: true }), await tx.invitation.create({ data: invitationRow(name) as never })])),
  'a transaction of the platform without Prisma': () =>
    directPlatform.$transaction(async (tx) => lastStatement(() => tx.invitation.create({ data: { organizationId, ...invitationRow(name) } }))),
  'a transaction of the platform without Prisma, with the lock': () =>
    directPlatform.$transaction(
      async (tx) => [await tx.invitation.aggregate({ _count: true }), await lastStatement(() => tx.invitation.create({ data: { organizationId, ...invitationRow(name) } }))],
      {
        locksOrganization: organizationId,
      } as never,
    ),
};

describe.each(Object.entries(writes))('%s', (_, write) => {
  it('writes with the present authority', async () => {
    authority = new TestAuthority();
    await authority.read();
    const before = await written();
    await write();
    expect({ written: (await written()) - before, renewals: authority.renewals }).toEqual({ written: 1, renewals: 0 });
  });

  it('is judged again when the authority has changed, and writes once', async () => {
    authority = new TestAuthority();
    const before = await written();
    await write();
    expect({ written: (await written()) - before, renewals: authority.renewals }).toEqual({ written: 1, renewals: 1 });
  });

  it('writes nothing when the request is refused, and passes the refusal on', async () => {
    authority = new TestAuthority();
    authority.renewal = () => Promise.reject(new AccessDeniedError('permission invitations:write'));
    const before = await written();
    const refusal: unknown = await write().catch((error: unknown) => (error instanceof RefusedWriteError ? error.cause : error));
    expect(refusal).toBeInstanceOf(AccessDeniedError);
    expect({ written: (await written()) - before, renewals: authority.renewals }).toEqual({ written: 0, renewals: 1 });
  });
});

it('a transaction fails that continues after a statement of it has failed: PostgreSQL would roll it back without an error', async () => {
  authority = new TestAuthority();
  await authority.read();
  const title = 'never written';
  const clumsy = (tx: { invitation: { create(args: never): PromiseLike<unknown> }; $executeRaw: (sql: TemplateStringsArray) => PromiseLike<unknown> }): Promise<void> =>
    Promise.resolve(tx.invitation.create({ data: { ...invitationRow(title), organizationId } } as never))
      .then(() => tx.$executeRaw`select 1 / 0`)
      .then(() => undefined)
      .catch(() => undefined);
  await expect(inTenant(() => tenantDb.$transaction(clumsy as never))).rejects.toThrow('The transaction was rolled back');
  await expect(platformDb.$transaction(clumsy as never)).rejects.toThrow('The transaction was rolled back');
  await expect(inTenant(() => directTenant.$transaction(clumsy as never))).rejects.toThrow('The transaction was rolled back');
  await expect(directPlatform.$transaction(clumsy as never)).rejects.toThrow('The transaction was rolled back');
  expect(await platformDb.invitation.count({ where: { message: title } })).toBe(0);
});

describe('rows that a foreign key deletes', () => {
  const [user, role, team] = [randomUUID(), randomUUID(), randomUUID()];
  const version = async (): Promise<number> =>
    (await superuser.query<{ version: number }>('select access_version as version from organizations where id = $1', [organizationId])).rows[0]?.version ?? 0;
  beforeAll(async () => {
    await superuser.query(`insert into users (id, email, name) values ($1::uuid, $1::uuid || '@example.com', 'User')`, [user]);
    await superuser.query(`insert into memberships (organization_id, id, user_id, role) values ($1, gen_random_uuid(), $2, 'member')`, [organizationId, user]);
    await superuser.query(`insert into custom_roles (organization_id, id, key, name, permissions) values ($1, $2, 'cascaded', 'Cascaded', '{}')`, [organizationId, role]);
    await superuser.query(`insert into teams (organization_id, id, name) values ($1, $2, 'Cascaded')`, [organizationId, team]);
    await superuser.query(`insert into team_roles (organization_id, id, team_id, role_id) values ($1, gen_random_uuid(), $2, $3)`, [organizationId, team, role]);
    await superuser.query(`insert into team_members (organization_id, id, team_id, user_id) values ($1, gen_random_uuid(), $2, $3)`, [organizationId, team, user]);
  });

  it.each([
    ['the members and roles of a team', 'delete from teams where id = $1', team],
    ['the memberships of a user', 'delete from users where id = $1', user],
  ])('raise the access version: %s', async (_, text, id) => {
    const before = await version();
    await superuser.query(text, [id]);
    expect(await version()).toBeGreaterThan(before);
  });

  it('keep an operator: the user of the last one cannot be deleted, that of another can', async () => {
    const client = await superuser.connect();
    const [first, second] = [randomUUID(), randomUUID()];
    try {
      await client.query('begin');
      for (const id of [first, second]) await client.query(`insert into users (id, email, name) values ($1::uuid, $1::uuid || '@example.com', 'Operator')`, [id]);
      await client.query('insert into platform_admins (user_id) values ($1), ($2)', [first, second]);
      await client.query('delete from platform_admins where user_id <> all($1)', [[first, second]]);
      await client.query('delete from users where id = $1', [first]);
      await expect(client.query('delete from users where id = $1', [second])).rejects.toThrow('last_operator');
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});

it.each(['RepeatableRead', 'ReadCommitted'])('a transaction that asks for the isolation level %s is refused', async (isolationLevel) => {
  const options = { isolationLevel } as object;
  await expect(inTenant(() => tenantDb.$transaction(async (tx) => tx.invitation.count(), options))).rejects.toThrow(IsolationLevelError);
  await expect(platformDb.$transaction(async (tx) => tx.invitation.count(), options)).rejects.toThrow(IsolationLevelError);
  await expect(inTenant(() => directTenant.$transaction(async (tx) => tx.invitation.count(), options))).rejects.toThrow(IsolationLevelError);
});

describe('the access version', () => {
  const other = randomUUID();
  beforeAll(async () => {
    await superuser.query(`insert into organizations (id, name, slug, plan, updated_at) values ($1::uuid, 'Other', $2, 'free', now())`, [other, `org-${other.slice(0, 8)}`]);
  });
  afterAll(async () => void (await superuser.query('delete from organizations where id = $1', [other])));

  const versionOf = async (id: string): Promise<number> =>
    (await superuser.query<{ version: number }>('select access_version as version from organizations where id = $1', [id])).rows[0]?.version ?? 0;
  const raise = `select app.raise_access_version('${organizationId}')`;
  const raiseOther = `select app.raise_access_version('${other}')`;

  it.each([
    ['one time in a transaction that changes many rows', [raise, raise, raise], [1, 0]],
    ['for each organization of a transaction', [raise, raise, raiseOther, raiseOther], [1, 1]],
    ['again after a savepoint was rolled back', ['savepoint s', raise, 'rollback to s', raise], [1, 0]],
    ['also after a savepoint that came later was rolled back', [raise, 'savepoint s', raise, 'rollback to s', raise], [1, 0]],
    ['in the next transaction of the connection, too', [raise, 'commit', 'begin', raise], [2, 0]],
  ])('is raised %s', async (_title, statements, expected) => {
    const before = [await versionOf(organizationId), await versionOf(other)];
    await superuser.query(['begin', ...statements, 'commit'].join('; '));
    expect([(await versionOf(organizationId)) - (before[0] ?? 0), (await versionOf(other)) - (before[1] ?? 0)]).toEqual(expected);
  });
});

describe('a client of the platform pool', () => {
  it('executes nothing after the end of its transaction: the rest of a transaction whose time is over is not committed', async () => {
    authority = new TestAuthority();
    await authority.read();
    const client = await platformPool.connect();
    await client.query('begin');
    await client.query('rollback');
    await expect(client.query(`insert into organizations (id, name, slug, plan, updated_at) values (gen_random_uuid(), 'Late', 'late', 'free', now())`)).rejects.toThrow(
      OutsideTransactionError,
    );
    await client.query('begin');
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.query('commit');
    client.release();
  });

  it('keeps the isolation level of its BEGIN, unless it carries an authority, which one that only reads does not', async () => {
    const pool = new PlatformPool({ connectionString: platform, max: 1 });
    const client = await pool.connect();
    await client.query('begin isolation level repeatable read read only');
    expect((await client.query('show transaction_isolation')).rows).toEqual([{ transaction_isolation: 'repeatable read' }]);
    await client.query('rollback');
    await client.query('begin');
    expect((await client.query('show transaction_isolation')).rows).toEqual([{ transaction_isolation: 'read committed' }]);
    await client.query('rollback');
    client.release();
    await pool.end();
    authority = new TestAuthority();
    const withAuthority = await platformPool.connect();
    await expect(withAuthority.query('begin isolation level repeatable read')).rejects.toThrow('READ COMMITTED');
    await withAuthority.query('begin isolation level repeatable read read only');
    expect((await withAuthority.query('show transaction_isolation')).rows).toEqual([{ transaction_isolation: 'repeatable read' }]);
    await withAuthority.query('rollback');
    withAuthority.release();
  });
});

it('as many writes as there are connections are judged again without waiting for one another', async () => {
  authority = new TestAuthority();
  authority.renewal = async () => {
    await platformPool.read({ text: 'select from organizations where id = $1', values: [organizationId], quick: true });
    await authority.read();
  };
  const crowd = Object.entries(writes);
  await Promise.all(Array.from({ length: 24 }, (_, index) => (crowd[index % crowd.length] as [string, Write])[1]()));
  expect(authority.renewals).toBeGreaterThan(0);
});

it('a refusal comes before the error of the statement that begins a transaction with the lock', async () => {
  authority = new TestAuthority();
  authority.renewal = () => Promise.reject(new AccessDeniedError('permission invitations:write'));
  const broken = inTenant(() => directTenant.$transaction(async (tx) => tx.$executeRaw`select 1 / 0`, { locksOrganization: true }));
  await expect(broken).rejects.toBeInstanceOf(AccessDeniedError);
  authority = new TestAuthority();
  const failed = inTenant(() => directTenant.$transaction(async (tx) => tx.$executeRaw`select 1 / 0`, { locksOrganization: true }));
  await expect(failed).rejects.toThrow('division by zero');
});

it('a named statement that was refused at its first use on a connection works at the next', async () => {
  const one = new TenantPool({ connectionString: app, max: 1 }, () => organizationId, settings);
  authority = new TestAuthority();
  const statement = { name: 'named', text: 'select count(*)::int as n from invitations', rowMode: 'array' } as const;
  for (const renewals of [1, 1]) {
    const { rows } = await one.query(statement);
    expect({ counted: (rows[0] as unknown as number[])[0], renewals: authority.renewals }).toEqual({ counted: await written(), renewals });
  }
  await one.end();
});
