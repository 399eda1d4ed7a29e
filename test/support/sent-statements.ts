import pg from 'pg';

/** A statement, and the connection that sent it. */
interface SentStatement {
  readonly client: pg.Client;
  readonly text: string;
}

/**
 * Sent whenever the time has come: by the workers of the queue, by the clock of the database, by the listener, which asks whether its connection lives, and by a pool that opens a
 * connection.
 */
const inBackground = (text: string): boolean =>
  text.includes('pgboss.') || text.includes('clock_timestamp()) * 1000') || text === 'select' || text.startsWith(`select set_config('statement_timeout', $1, false)`);

/** Returns what this process sends to the database during `work`, without what it sends in the background at any time. */
export async function sentBy(work: () => Promise<unknown>): Promise<SentStatement[]> {
  const sent: SentStatement[] = [];
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its client below
  const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  (pg.Client.prototype as { query: unknown }).query = function (this: pg.Client, ...args: unknown[]) {
    const text = typeof args[0] === 'string' ? args[0] : ((args[0] as { text?: string }).text ?? '');
    if (!inBackground(text)) sent.push({ client: this, text });
    return original.apply(this, args);
  };
  try {
    await work();
  } finally {
    (pg.Client.prototype as { query: unknown }).query = original;
  }
  return sent;
}

/** Returns the texts of {@link sentBy}. */
export const statementsSentBy = async (work: () => Promise<unknown>): Promise<string[]> => (await sentBy(work)).map(({ text }) => text);
