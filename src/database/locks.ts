import pg, { type ClientBase } from 'pg';
import { wireBinding } from '../tenancy/wire-binding.js';
import type { Prisma } from '../generated/prisma/client.js';
import type { TenantConnection } from './wire/tenant-connection.js';
import type { TenantPool } from './wire/tenant-pool.js';

/** An open Prisma transaction of either client: the tenant's or the platform's. */
type OpenTransaction = Pick<Prisma.TransactionClient, '$executeRaw' | '$queryRaw'>;

/**
 * Locks an organization until the transaction ends. Changes to its members, settings, subscription and status all take
 * this lock, so they run one after another, and after the writes that have begun with the authority of before. Lock the
 * organization before any other row, and several organizations in the order of their ids. The lock does not block inserts of
 * rows that reference the organization (`no key`).
 *
 * In a request of a member, lock in the statement that begins the transaction instead (`$transaction(work, { locksOrganization })`):
 * such a transaction has begun with the shared lock, and two of them that both want more wait for each other.
 *
 * @returns whether the organization exists
 */
export async function lockOrganization(tx: OpenTransaction, organizationId: string): Promise<boolean> {
  if (wireBinding.transaction()?.locks === organizationId) return true;
  const [locked] = await tx.$queryRaw<{ version: number | null }[]>`select app.lock_organization(${organizationId}::uuid) as version`;
  return locked !== undefined && locked.version !== null;
}

/** Locks organizations, in the order of their ids. See {@link lockOrganization}. */
export async function lockOrganizations(tx: OpenTransaction, organizationIds: readonly string[]): Promise<void> {
  if (organizationIds.length === 0) return;
  await tx.$executeRaw`select app.lock_organization(o.id) from (select distinct id from unnest(${[...organizationIds]}::uuid[]) id order by id) o`;
}

/**
 * Keeps organizations from being erased until the transaction ends. For work that changes rows of many organizations without locking these: it would
 * lock the rows before the organization that they reference, and an erasure locks the organization before its rows.
 */
export async function lockOutErasures(tx: OpenTransaction): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock_shared(hashtextextended('tenantry erasures', 0))`;
}

/** Waits at most ten seconds for work across organizations ({@link lockOutErasures}), and makes later work wait until the transaction ends. Call it before any other lock. */
export async function lockForErasure(tx: OpenTransaction): Promise<void> {
  await tx.$executeRaw`select set_config('lock_timeout', '10s', true), pg_advisory_xact_lock(hashtextextended('tenantry erasures', 0))`;
}

/**
 * Runs `work` in one SQL transaction: commits when it resolves, rolls back and rethrows when it rejects.
 *
 * @param source a connected client, or a pool, from which a client is taken and to which it is returned
 * @param mode what follows BEGIN, e.g. `isolation level repeatable read`
 */
export async function inTransaction<Result>(source: TenantPool, work: (client: TenantConnection) => Promise<Result>, mode?: string): Promise<Result>;
export async function inTransaction<Result>(source: pg.Pool | ClientBase, work: (client: ClientBase) => Promise<Result>, mode?: string): Promise<Result>;
export async function inTransaction<Result>(source: unknown, work: (client: never) => Promise<Result>, mode = ''): Promise<Result> {
  if (!(source instanceof pg.Pool)) return runTransaction(source as ClientBase, work, mode);
  const client = await source.connect();
  try {
    return await runTransaction(client, work, mode);
  } finally {
    client.release();
  }
}

async function runTransaction<Result>(client: ClientBase, work: (client: never) => Promise<Result>, mode: string): Promise<Result> {
  await client.query(`begin ${mode}`.trimEnd());
  try {
    const result = await work(client as never);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Runs `work` under a savepoint, and undoes its writes. @returns its result, as if the writes had happened */
export async function rehearse<Result>(tx: OpenTransaction, work: () => Promise<Result>): Promise<Result> {
  await tx.$executeRaw`savepoint rehearsal`;
  try {
    return await work();
  } finally {
    await tx.$executeRaw`rollback to savepoint rehearsal`;
    await tx.$executeRaw`release savepoint rehearsal`;
  }
}

/**
 * Runs `work` under a savepoint. When it rejects, its writes are undone and the error is rethrown; the transaction can
 * continue. Calls may be nested.
 */
export async function attempt<Result>(tx: OpenTransaction, work: () => Promise<Result>): Promise<Result> {
  await tx.$executeRaw`savepoint attempt`;
  try {
    const result = await work();
    await tx.$executeRaw`release savepoint attempt`;
    return result;
  } catch (error) {
    await tx.$executeRaw`rollback to savepoint attempt`;
    await tx.$executeRaw`release savepoint attempt`;
    throw error;
  }
}
