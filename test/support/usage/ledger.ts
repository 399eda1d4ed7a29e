import pg from 'pg';
import { periodOf, rules, type Entry, type MeterName } from './meters.js';

const allRules = JSON.stringify(rules);
const day = 24 * 3_600_000;

function monthEnd(start: string): Date {
  const end = new Date(start);
  end.setUTCMonth(end.getUTCMonth() + 1);
  return end;
}

/** The functions of schema `usage`, called for one organization as the role of the application: what services do, without them. */
export class Ledger {
  private constructor(
    private readonly client: pg.Client,
    readonly organization: string,
    /** Sees all, and grants. */
    readonly platform: pg.Client,
  ) {}

  static async open(url: string, organization: string, platform: pg.Client): Promise<Ledger> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`select set_config('app.current_organization_id', $1, false)`, [organization]);
    return new Ledger(client, organization, platform);
  }

  end(): Promise<void> {
    return this.client.end();
  }

  async rows<Row = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row & object>(text, [...values])).rows;
  }

  /** How many were new; or what is wrong with a correction. */
  async record(entries: readonly Entry[], corrections: readonly Entry[], now: Date): Promise<number | string> {
    const starts = entries.map(({ meter, occurredAt }) => periodOf(meter, occurredAt));
    const columns = [
      entries.map(({ id }) => id),
      entries.map(({ meter }) => meter),
      entries.map(({ quantity }) => quantity),
      entries.map(({ occurredAt }) => occurredAt),
      starts,
      starts.map(monthEnd),
      entries.map(({ subject }) => subject ?? null),
      entries.map(() => null),
    ];
    const corrected = JSON.stringify(corrections.map((correction, index) => ({ ...correction, index })));
    try {
      return await this.#call('record', [...columns, null, null, allRules, corrected, now, new Date(now.getTime() - 7 * day)]);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== 'TN001') throw error;
      return (JSON.parse(error.detail ?? '{}') as { problem: string }).problem;
    }
  }

  async consume(entry: Entry, now: Date): Promise<string> {
    const { start, end, burns } = this.#terms(entry.meter, now);
    const event = JSON.stringify({ ...entry, occurredAt: now, periodStart: start });
    const [row] = await this.rows<{ outcome: string }>('select * from usage.consume($1, $2, $3, $4, $5, $6)', [
      this.organization,
      event,
      now,
      end,
      rules[entry.meter].allowance,
      burns,
    ]);
    return row?.outcome ?? '';
  }

  release(entry: Entry, now: Date): Promise<string> {
    return this.#call('release', [JSON.stringify({ ...entry, meter: 'disk', occurredAt: now, periodStart: '1970-01-01' }), now]);
  }

  correct(correction: Entry, now: Date): Promise<string> {
    return this.#call('correct', [JSON.stringify(correction), rules[correction.meter].aggregation, now, new Date(now.getTime() - 7 * day)]);
  }

  reserve(quantity: number, ttlSeconds: number, now: Date): Promise<string | null> {
    const { start, end, burns } = this.#terms('tokens', now);
    return this.#call('reserve', [JSON.stringify({ meter: 'tokens', quantity, ttlSeconds }), now, start, end, rules.tokens.allowance, burns]);
  }

  commit(id: string, quantity: number, now: Date): Promise<string> {
    return this.#call('commit_reservation', [id, JSON.stringify({ quantity, occurredAt: now }), now, null, rules.tokens.allowance, true]);
  }

  giveUp(id: string, now: Date): Promise<boolean> {
    return this.#call('release_reservation', [id, now]);
  }

  expire(now: Date): Promise<number> {
    return this.#call('expire_reservations', [null, now]);
  }

  async lease(most: number, ttlSeconds: number, now: Date): Promise<string | null> {
    const text = 'select id from usage.acquire_lease($1, $2, $3, $4)';
    const [row] = await this.rows<{ id: string | null }>(text, [this.organization, JSON.stringify({ meter: 'sessions', ttlSeconds }), most, now]);
    return row?.id ?? null;
  }

  #terms(meter: MeterName, now: Date): { start: string; end: Date | null; burns: boolean } {
    const start = periodOf(meter, now);
    return rules[meter].gauge === true ? { start, end: null, burns: false } : { start, end: monthEnd(start), burns: true };
  }

  async #call<Value>(name: string, values: readonly unknown[]): Promise<Value> {
    const parameters = values.map((_, index) => `$${index + 2}`).join(', ');
    const [row] = await this.rows<Record<string, Value>>(`select usage.${name}($1, ${parameters})`, [this.organization, ...values]);
    return (row as Record<string, Value>)[name] as Value;
  }
}
