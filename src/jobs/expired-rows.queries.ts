import pg from 'pg';
import { dayLength } from '../common/calendar.js';
import type { ExpiringRows } from '../config/resource.js';
import { Prisma } from '../generated/prisma/client.js';
import type { PlatformTransaction } from '../database/transactions.js';

/** The most rows of a table that a run deletes. The rest follows in the next one. */
export const mostExpired = 10_000;

/**
 * Deletes the expired rows of a table, at most {@link mostExpired}. Rows of organizations and users under a legal hold stay, which their `organization_id` and `user_id` say.
 *
 * @returns how many were deleted
 */
export function deleteExpiredRows(tx: PlatformTransaction, table: string, { column, days }: ExpiringRows, now: Date): Promise<number> {
  const [from, time] = [table, column].map((name) => Prisma.raw(pg.escapeIdentifier(name))) as [Prisma.Sql, Prisma.Sql];
  const subject = (name: string): Prisma.Sql => Prisma.sql`(to_jsonb(t) ->> ${name}::text)::uuid`;
  return tx.$executeRaw`
    delete from ${from} where ctid = any(array(
      select t.ctid from ${from} t
       where t.${time} < ${new Date(now.getTime() - days * dayLength)} and not app.is_held(${subject('organization_id')}) and not app.is_held(${subject('user_id')})
       limit ${mostExpired}::int for update skip locked))`;
}
