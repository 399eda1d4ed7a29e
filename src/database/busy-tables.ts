import type { ClientBase } from 'pg';

/** `lock_not_available` and `deadlock_detected`. */
const busyCodes = ['55P03', '40P01'];

/** Whether a change of a table has failed because other transactions use the table: it can be tried again. */
export const isBusyTable = (error: unknown): boolean => busyCodes.includes(String((error as { code?: unknown }).code));

/** Describes the transactions that have been open for longer than an interval of PostgreSQL, as a sentence with a space before it; empty if there are none. */
export async function describeLongTransactions(client: ClientBase, longerThan: string): Promise<string> {
  const { rows } = await client.query<{ pid: number; role: string | null; program: string; seconds: number }>(
    `select pid, usename as role, application_name as program, extract(epoch from clock_timestamp() - xact_start)::integer as seconds from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and xact_start < clock_timestamp() - $1::interval order by xact_start limit 5`,
    [longerThan],
  );
  const others = rows.map(({ pid, role, program, seconds }) => `process ${pid} of ${role ?? 'the server'} (${program}), for ${seconds} s`);
  return others.length === 0 ? '' : ` Long transactions: ${others.join('; ')}.`;
}
