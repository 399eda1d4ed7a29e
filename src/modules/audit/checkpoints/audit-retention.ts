import type pg from 'pg';

/** Returns for how many days the audit log keeps events; null when forever. */
export async function readRetention(database: pg.Client): Promise<number | null> {
  const { rows } = await database.query<{ days: number }>('select days from audit.log_retention');
  return rows[0]?.days ?? null;
}

/**
 * Sets for how many days the audit log keeps events.
 *
 * @param owner a connection of the owner of the tables
 * @param days 30 or more; null for forever
 */
export async function setRetention(owner: pg.Client, days: number | null): Promise<void> {
  if (days === null) await owner.query('delete from audit.log_retention');
  else await owner.query('insert into audit.log_retention (days) values ($1) on conflict (only_row) do update set days = excluded.days', [days]);
}
