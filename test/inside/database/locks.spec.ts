import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { attempt, inTransaction, lockOrganization } from '../../../src/database/locks.js';
import { TenantPool } from '../../../src/database/wire/tenant-pool.js';
import { PrismaClient } from '../../../src/generated/prisma/client.js';
import { closeConnections } from '../../support/close-connections.js';
import { testDatabase } from '../../support/database.js';
import { invitationColumns, invitationRow, invitationValues } from '../../support/sample-row.js';

const pool = new pg.Pool({ connectionString: testDatabase().platform, max: 3 });
const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
const organizationId = randomUUID();

const add = `insert into invitations (${invitationColumns}) values (${invitationValues('$1', '$2')})`;
const added = async (): Promise<string[]> => {
  const { rows } = await pool.query<{ message: string }>('select message from invitations where organization_id = $1 order by message', [organizationId]);
  return rows.map(({ message }) => message);
};

beforeAll(() => pool.query('insert into organizations (id, name, slug, plan) values ($1, $2, $3, $4)', [organizationId, 'Name', `locks-${organizationId.slice(0, 8)}`, 'free']));
afterAll(async () => {
  await prisma.$disconnect();
  await pool.end();
});

describe('lockOrganization', () => {
  it('lockOrganization reports whether the organization exists', async () => {
    const found = await prisma.$transaction(async (tx) => [await lockOrganization(tx, organizationId), await lockOrganization(tx, randomUUID())]);
    expect(found).toEqual([true, false]);
  });

  it('lockOrganization makes a second transaction wait, and still lets rows reference the organization', async () => {
    await prisma.$transaction(async (tx) => {
      await lockOrganization(tx, organizationId);
      await inTransaction(pool, async (client) => {
        await client.query(add, [organizationId, 'during the lock']);
      });
      const second = inTransaction(pool, async (client) => {
        await client.query(`set local lock_timeout to '100ms'`);
        await client.query('select from organizations where id = $1 for no key update', [organizationId]);
      });
      await expect(second).rejects.toThrow('lock timeout');
    });
    expect(await added()).toEqual(['during the lock']);
    await pool.query('delete from invitations where organization_id = $1', [organizationId]);
  });
});

describe('inTransaction', () => {
  it('rejects when its connection is lost, and the process and the pool live on', async () => {
    const lost = inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await pool.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
      await client.query('select 1');
    });
    await expect(lost).rejects.toThrow(/terminat|connection/i);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('rejects when a connection of the tenant pool is lost, and the process and the pool live on', async () => {
    const { app } = testDatabase();
    const tenants = new TenantPool({ connectionString: app, application_name: 'to be lost', max: 1 }, () => organizationId);
    const lost = inTransaction(tenants, async (client) => {
      expect(await closeConnections(app, 'to be lost')).toBe(1);
      await client.query('select 1');
    });
    await expect(lost).rejects.toThrow(/terminating connection|connection (?:error|terminated)/i);
    expect((await inTransaction(tenants, (client) => client.query('select 1 as one'))).rows).toEqual([{ one: 1 }]);
    await tenants.end();
  });

  it('commits when the work resolves, and passes the mode to BEGIN', async () => {
    const mode = await inTransaction(
      pool,
      async (client) => {
        const { rows } = await client.query<{ transaction_isolation: string }>('show transaction_isolation');
        return rows[0]?.transaction_isolation;
      },
      'isolation level repeatable read',
    );
    expect(mode).toBe('repeatable read');
  });

  it('rolls back and rethrows when the work rejects, and returns the client to the pool', async () => {
    const work = inTransaction(pool, async (client) => {
      await client.query(add, [organizationId, 'rolled back']);
      throw new Error('The work failed.');
    });
    await expect(work).rejects.toThrow('The work failed.');
    expect([await added(), pool.idleCount]).toEqual([[], pool.totalCount]);
  });

  it('leaves a client that it was given open', async () => {
    const client = await pool.connect();
    const inside = await inTransaction(client, async (same) => same === client);
    const { rows } = await client.query('select 1 as one');
    client.release();
    expect([inside, rows]).toEqual([true, [{ one: 1 }]]);
  });
});

describe('attempt', () => {
  it('attempt undoes only the failed work, also when nested', async () => {
    await prisma.$transaction(async (tx) => {
      const create = (message: string) => tx.invitation.create({ data: { organizationId, ...invitationRow(message) } });
      const failing = (name: string) =>
        attempt(tx, async () => {
          await create(name);
          throw new Error(name);
        });
      await create('kept 1');
      await expect(failing('undone 1')).rejects.toThrow('undone 1');
      const outer = attempt(tx, async () => {
        await create('undone 2');
        await expect(failing('undone 3')).rejects.toThrow('undone 3');
        throw new Error('outer');
      });
      await expect(outer).rejects.toThrow('outer');
      await attempt(tx, () => create('kept 2'));
    });
    expect(await added()).toEqual(['kept 1', 'kept 2']);
  });
});
