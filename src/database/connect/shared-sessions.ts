import type pg from 'pg';
import { DatabaseSetUpError } from '../database-set-up.error.js';
import { isStaleStatement } from '../wire/statement-errors.js';
import type { ResolvedDatabase } from './connections.js';
import { withConnection } from './with-connection.js';

type Addresses = Pick<ResolvedDatabase, 'appUrl' | 'platformUrl' | 'ownerUrl'>;

/** Milliseconds that a statement waits for a proxy that has one session only, and gives it to another client. */
const patience = 2_000;

const itself = 'to the address of PostgreSQL itself, or of a proxy in session mode.';

/** The refusals, in the order of the checks. Each says what to do. */
const refusals = [
  `The address of the platform role leads to a proxy that gives each transaction another session, such as PgBouncer in transaction mode. Set DATABASE_PLATFORM_URL ${itself}`,
  `The address of the owner leads to a proxy that gives each transaction another session, such as PgBouncer in transaction mode. Set DATABASE_OWNER_URL ${itself}`,
  'DATABASE_URL leads to a proxy that loses prepared statements, such as PgBouncer in transaction mode. Set DATABASE_PREPARED_STATEMENTS=false, or max_prepared_statements of PgBouncer 1.21 or later above 0.',
];

/**
 * Refuses addresses of a proxy that gives the transactions of one client to several sessions, such as PgBouncer in transaction mode, where tenantry needs one: the
 * platform would hear no notifications, and statements would run under the name of others.
 *
 * @param prepared whether statements are prepared under a name
 * @throws {DatabaseSetUpError} with what to do
 */
export async function assertOwnSessions({ appUrl, platformUrl, ownerUrl }: Addresses, prepared: boolean): Promise<void> {
  const loses = await Promise.all([losesSession(platformUrl), ownerUrl !== undefined && losesSession(ownerUrl), prepared && losesStatements(appUrl)]);
  const index = loses.indexOf(true);
  if (index !== -1) throw new DatabaseSetUpError(refusals[index]);
}

/** Runs `work` with two clients of one address. The other one's transaction is rolled back. */
async function withTwo<Result>(url: string, work: (client: pg.Client, other: pg.Client) => Promise<Result>): Promise<Result> {
  return withConnection(url, (client) =>
    withConnection(url, async (other) => {
      try {
        return await work(client, other);
      } finally {
        await inTime(other.query('rollback'));
      }
    }),
  );
}

/** Undefined when the answer waits for a session, which another client has: it is not shared. */
function inTime<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), patience)));
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** Whether a client has another session while another client has a transaction. */
const losesSession = (url: string): Promise<boolean> =>
  withTwo(url, async (client, other) => {
    await client.query(`select set_config('tenantry.session', 'own', false)`);
    await inTime(other.query('begin'));
    const answer = await inTime(client.query<{ own: boolean }>(`select current_setting('tenantry.session', true) = 'own' as own`));
    return answer !== undefined && answer.rows[0]?.own !== true;
  });

/** Whether a client's statements are unknown, or those of another client, while another client has a transaction. */
const losesStatements = (url: string): Promise<boolean> =>
  withTwo(url, async (client, other) => {
    const name = 'tenantry_session';
    const own = { name, text: 'select 1 as own' };
    try {
      await client.query(own);
      await inTime(other.query('begin'));
      await inTime(other.query({ name, text: 'select 2 as own' }));
      const answer = await inTime(client.query<{ own: number }>(own));
      return answer !== undefined && answer.rows[0]?.own !== 1;
    } catch (error) {
      if (isStaleStatement(error)) return true;
      throw error;
    }
  });
