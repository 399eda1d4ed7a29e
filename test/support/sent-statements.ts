import pg from 'pg';

/** Returns what this process sends to the database during `work`, without the statements of the queue, whose workers look for mail whenever they like. */
export async function statementsSentBy(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its client below
  const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  (pg.Client.prototype as { query: unknown }).query = function (this: pg.Client, ...args: unknown[]) {
    const text = typeof args[0] === 'string' ? args[0] : ((args[0] as { text?: string }).text ?? '');
    if (!text.includes('pgboss.')) sent.push(text);
    return original.apply(this, args);
  };
  try {
    await work();
  } finally {
    (pg.Client.prototype as { query: unknown }).query = original;
  }
  return sent;
}
