import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TenantDb } from '../../../src/database/tenant-db.js';
import { PlatformDb } from '../../../src/database/platform-db.js';
import { TenantContext } from '../../../src/tenancy/tenant-context.js';
import { TenantContextMissingError, UnsupportedTenantQueryError } from '../../../src/tenancy/tenant-errors.js';
import { eventually } from '../../support/eventually.js';
import { itInBothRuns, rounds } from '../../support/rounds.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const actor = { kind: 'job', name: 'test' } as const;

/** A tenant with one team of its own. */
interface Tenant {
  readonly organizationId: string;
  readonly id: string;
}

let server: TestServer;
let db: TenantDb;
let context: TenantContext;
let tenants: Tenant[];
let a: Tenant;
let b: Tenant;

beforeAll(async () => {
  server = await startTestServer({ DATABASE_POOL_SIZE: '2' });
  [db, context] = [server.app.get(TenantDb), server.app.get(TenantContext)];
  const platform = server.app.get(PlatformDb);
  tenants = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const organization = await platform.organization.create({ data: { name: 'T', slug: server.world.unique('loader'), plan: 'free' } });
      const team = await platform.team.create({ data: { organizationId: organization.id, name: 'P' } });
      return { organizationId: organization.id, id: team.id };
    }),
  );
  [a, b] = tenants as [Tenant, Tenant];
});
afterAll(() => server.close());

const as = <Result>({ organizationId }: Tenant, work: () => PromiseLike<Result>): Promise<Result> => context.run({ organizationId, actor }, work);
const key = ({ organizationId, id }: Tenant) => ({ where: { organizationId_id: { organizationId, id } } });

// Prisma merges findUnique calls of one tick into one query, which it sends in the context of the first caller. With
// the tenant read from that context, one tenant gets another's row.
describe('two tenants in the same tick', () => {
  itInBothRuns(
    'two tenants in the same tick never get each other’s row by findUnique',
    async () => {
      for (let round = 0; round < rounds(100, 500); round += 1) {
        for (const [first, second] of [
          [a, b],
          [b, a],
        ] as const) {
          const [theirs, own] = await Promise.all([as(first, () => db.team.findUnique(key(second))), as(second, () => db.team.findUnique(key(second)))]);
          expect([theirs, own?.id]).toEqual([null, second.id]);
        }
      }
    },
    60_000,
  );

  it('two tenants in the same tick each get their own row, and findUniqueOrThrow throws for the other’s', async () => {
    const both = await Promise.all([a, b].map((tenant) => as(tenant, () => db.team.findUnique(key(tenant)))));
    expect(both.map((row) => row?.id)).toEqual([a.id, b.id]);
    const [theirs, own] = await Promise.allSettled([as(a, () => db.team.findUniqueOrThrow(key(b))), as(b, () => db.team.findUniqueOrThrow(key(b)))]);
    expect([theirs.status, own.status]).toEqual(['rejected', 'fulfilled']);
  });

  itInBothRuns(
    'mixed calls of 20 tenants on two connections stay apart: nothing leaks, and no own row is missing',
    async () => {
      const outcome = { leaks: 0, missing: 0 };
      const call = async (index: number): Promise<void> => {
        const own = tenants[index % tenants.length] as Tenant;
        const other = tenants[(index * 7 + 3) % tenants.length] as Tenant;
        const [mine, theirs, list] = await as(own, () =>
          Promise.all([
            db.team.findUnique(key(own)),
            other === own ? null : db.team.findUnique(key(other)),
            index % 3 === 0 ? db.team.findMany({ where: { OR: [{}, { id: other.id }] } }) : [],
          ]),
        );
        outcome.missing += Number(mine?.id !== own.id);
        outcome.leaks += Number(theirs !== null) + list.filter(({ organizationId }) => organizationId !== own.organizationId).length;
      };
      for (let batch = 0; batch < rounds(5, 20); batch += 1) await Promise.all(Array.from({ length: 100 }, (_, i) => call(batch * 100 + i)));
      expect(outcome).toEqual({ leaks: 0, missing: 0 });
    },
    60_000,
  );
});

describe('50 requests at once, alternating between two tenants, on a pool of two', () => {
  itInBothRuns(
    'alternating requests of two tenants see no foreign row',
    async () => {
      const people = await server.world.twoTenants();
      for (const { api, home } of people) await api.post(`${home}/teams`, { name: home });
      const visitor = async (index: number): Promise<void> => {
        const { api, home } = people[index % 2] ?? people[0];
        for (let visit = 0; visit < rounds(8, 60); visit += 1) {
          // 503 says that the connections were taken for too long.
          const { status, body } = await eventually(
            () => api.get(`${home}/teams`),
            (answer) => answer.status !== 503,
            20_000,
          );
          expect(status).toBe(200);
          expect(body.data.map(({ name }: { name: string }) => name)).toEqual([home]);
        }
      };
      await Promise.all(Array.from({ length: 50 }, (_, index) => visitor(index)));
    },
    60_000,
  );
});

describe('a query', () => {
  it('a query without a context throws, and nothing is sent', async () => {
    await expect(Promise.resolve(db.team.findMany())).rejects.toThrow(TenantContextMissingError);
    await expect(Promise.resolve(db.$queryRaw`select 1`)).rejects.toThrow(TenantContextMissingError);
    await expect(db.$transaction(async (tx) => tx.team.findMany())).rejects.toThrow(TenantContextMissingError);
  });

  it('a query that is awaited after its context throws, and in another tenant’s context it runs as that tenant', async () => {
    let made: { then: Promise<unknown>['then'] } | undefined;
    await as(a, async () => void (made = db.team.findMany({ where: { id: a.id } })));
    await expect(Promise.resolve(made)).rejects.toThrow(TenantContextMissingError);
    let other: { then: Promise<unknown>['then'] } | undefined;
    await as(a, async () => void (other = db.team.findMany({ where: { id: a.id } })));
    expect(await as(b, async () => other)).toEqual([]);
  });

  it('a SQL query sees only the rows of the tenant, and unsafe SQL is refused', async () => {
    expect(await as(a, () => db.$queryRaw`select id from teams`)).toEqual([{ id: a.id }]);
    expect(await as(a, () => db.$executeRaw`update teams set name = 'x' where id = ${b.id}::uuid`)).toBe(0);
    const unsafe = db as unknown as { $queryRawUnsafe(sql: string): PromiseLike<unknown>; $executeRawUnsafe(sql: string): PromiseLike<unknown> };
    await expect(as(a, () => unsafe.$queryRawUnsafe('select 1'))).rejects.toThrow(UnsupportedTenantQueryError);
    await expect(as(a, () => unsafe.$executeRawUnsafe('select 1'))).rejects.toThrow(UnsupportedTenantQueryError);
  });
});

describe('a transaction', () => {
  it('an array transaction is refused, and an interactive one sees its own changes and rolls them back', async () => {
    const array = db as unknown as { $transaction(queries: unknown[]): Promise<unknown> };
    await expect(as(a, () => array.$transaction([db.team.findMany()]))).rejects.toThrow(UnsupportedTenantQueryError);
    const work = as(a, () =>
      db.$transaction(
        async (tx) => {
          await tx.team.updateMany({ data: { name: 'changed' } });
          expect((await tx.team.findUnique(key(a)))?.name).toBe('changed');
          expect(await tx.team.findUnique(key(b))).toBeNull();
          throw new Error('undo');
        },
        { locksOrganization: true },
      ),
    );
    await expect(work).rejects.toThrow('undo');
    expect((await as(a, () => db.team.findUnique(key(a))))?.name).not.toBe('changed');
  });

  it('a transaction of one tenant shows another tenant nothing', async () => {
    await as(a, () =>
      db.$transaction(async (tx) => {
        const elsewhere = await new Promise((resolve, reject) => {
          // Out of this context, as an event handler would be.
          context.enter(context.newStore(), () => void as(b, () => tx.team.findMany()).then(resolve, reject));
        });
        expect(elsewhere).toEqual([]);
      }),
    );
  });
});

describe('nested writes', () => {
  it('nested writes reach no row of another tenant', async () => {
    const platform = server.app.get(PlatformDb);
    const [ours, another] = await Promise.all(
      [a, b].map(async ({ organizationId }) => {
        const { id: userId } = await platform.user.create({ data: { email: server.world.email(), name: 'Nested' } });
        await platform.membership.create({ data: { organizationId, userId, role: 'member' } });
        return userId;
      }),
    );
    const { id: placeId, createdAt } = await platform.teamMember.create({ data: { organizationId: b.organizationId, teamId: b.id, userId: another ?? '' } });
    const theirs = { organizationId_id: { organizationId: b.organizationId, id: placeId } };
    const stolen = { createdAt: new Date(0) };
    const writes = [
      { connect: theirs },
      { update: { where: theirs, data: stolen } },
      { updateMany: { where: { id: placeId }, data: stolen } },
      { delete: theirs },
      { deleteMany: { id: placeId } },
      { create: { id: placeId, organizationId: b.organizationId, userId: another } },
      { connectOrCreate: { where: theirs, create: { userId: another } } },
      { upsert: { where: theirs, create: { userId: another }, update: stolen } },
      { set: [theirs] },
      { disconnect: theirs },
    ];
    for (const members of writes) await Promise.resolve(as(a, () => db.team.update({ ...key(a), data: { members } as never }))).catch(() => undefined);
    expect(await as(b, () => db.teamMember.findMany())).toEqual([expect.objectContaining({ id: placeId, teamId: b.id, userId: another, createdAt })]);
    const own = await as(a, () => db.team.update({ ...key(a), data: { members: { create: [{ userId: ours }] } } as never, include: { members: true } }));
    expect(own.members.map(({ organizationId, userId }) => ({ organizationId, userId }))).toEqual([{ organizationId: a.organizationId, userId: ours }]);
  });
});
