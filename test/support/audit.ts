import { setTimeout } from 'node:timers/promises';

interface Queryable {
  query(text: string): Promise<{ readonly rows: readonly { readonly next: string | null; readonly more: boolean }[] }>;
}

/**
 * Waits until every committed change is in its chain, as the servers do within half a second.
 *
 * @param database a connection of the platform role, or of a superuser
 * @returns it, to look at the events
 */
export async function chained<Database>(database: Database): Promise<Database> {
  for (;;) {
    const { rows } = await (database as Queryable).query('select next::text, more from audit.chain()');
    if (rows[0]?.more === false && rows[0].next !== null) return database;
    // A server is chaining the rest.
    await setTimeout(5);
  }
}
