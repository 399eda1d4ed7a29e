import type pg from 'pg';

/** Returns the number of the session of a connection. */
export async function sessionOf(connection: Pick<pg.ClientBase, 'query'>): Promise<number> {
  return (await connection.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
}

/**
 * Counts the sessions that wait for a lock that a session holds, directly or behind others that wait for it. The locks of all other
 * sessions do not count: those of the server process, its other tests and the spec file that runs at the same time in another database.
 */
export async function lockWaiters(connection: Pick<pg.ClientBase, 'query'>, session: number): Promise<number> {
  const { rows } = await connection.query<{ count: number }>(
    `with recursive waiting (pid) as (
       select $1::int union select l.pid from pg_locks l join waiting w on w.pid = any(pg_blocking_pids(l.pid)) where not l.granted)
     select count(*)::int - 1 as count from waiting`,
    [session],
  );
  return rows[0]?.count ?? 0;
}
