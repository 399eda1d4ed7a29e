import type pg from 'pg';

/** Returns the number of the session of a connection. */
export async function sessionOf(connection: Pick<pg.ClientBase, 'query'>): Promise<number> {
  return (await connection.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
}

/** A session that waits for a lock, and the statement with which it waits. */
export interface LockWaiter {
  readonly pid: number;
  readonly application: string;
  readonly query: string;
  /** Whether its transaction is that of a job. */
  readonly runsJob: boolean;
}

/**
 * Lists the sessions that wait for a lock that a session holds, directly or behind others that wait for it. The locks of all other
 * sessions do not count: those of the server process, its other tests and the spec file that runs at the same time in another database.
 */
export async function lockWaitersOf(connection: Pick<pg.ClientBase, 'query'>, session: number): Promise<LockWaiter[]> {
  const { rows } = await connection.query<LockWaiter>(
    `with recursive waiting (pid) as (
       select $1::int union select l.pid from pg_locks l join waiting w on w.pid = any(pg_blocking_pids(l.pid)) where not l.granted)
     select pid, coalesce(nullif(application_name, ''), backend_type) as application, query,
            exists (select from pg_locks l where l.pid = w.pid and l.relation = 'public.job_runs'::regclass) as "runsJob"
       from waiting w left join pg_stat_activity using (pid) where pid <> $1::int`,
    [session],
  );
  return rows;
}

/** Counts the sessions that wait for a lock that a session holds, directly or behind others that wait for it. */
export async function lockWaiters(connection: Pick<pg.ClientBase, 'query'>, session: number): Promise<number> {
  return (await lockWaitersOf(connection, session)).length;
}
