import pg from 'pg';
import { inTransaction } from '../../../src/database/locks.js';
import { commitOutcome } from '../../../src/modules/usage/holds/reservation.policy.js';
import { applyCorrections, type AppliedCorrections, ImpossibleCorrections, type TransactionCall } from '../../../src/modules/usage/metering/corrections.js';
import { commitReservation, type CommitReservationRow, type SqlCall } from '../../../src/modules/usage/usage.functions.js';
import { periodOf, rules, type Entry, type MeterName } from './meters.js';

const allRules = JSON.stringify(rules);
const aggregations = new Map(Object.entries(rules).map(([meter, { aggregation }]) => [meter, aggregation]));
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
    const recordEvents = async (correcting: readonly string[]): Promise<number> => {
      const [row] = await this.rows<{ recorded: number }>('select recorded from usage.record($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)', [
        this.organization,
        ...columns,
        null,
        null,
        allRules,
        correcting,
        now,
      ]);
      return row?.recorded ?? 0;
    };
    if (corrections.length === 0) return recordEvents([]);
    return this.#correcting(async () => (await recordEvents(corrections.map(({ meter }) => meter))) + (await this.#apply(corrections, now)).applied);
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

  async correct(correction: Entry, now: Date): Promise<string> {
    return this.#correcting(async () => {
      const { applied, conflicting } = await this.#apply([correction], now);
      if (conflicting.length > 0) return 'reused';
      return applied === 1 ? 'corrected' : 'repeated';
    });
  }

  #apply(corrections: readonly Entry[], now: Date): Promise<AppliedCorrections> {
    const reported = corrections.map(({ corrects = '', ...correction }) => ({ ...correction, corrects, userId: undefined, apiKeyId: undefined }));
    const call: TransactionCall = async <Row>({ text, values }: SqlCall<Row>) => this.rows<Row>(text, values);
    return applyCorrections(call, this.organization, reported, { aggregations, oldest: new Date(now.getTime() - 7 * day) }, now);
  }

  /** Runs a transaction; returns the problem when an event cannot be corrected. */
  async #correcting<Result>(work: () => Promise<Result>): Promise<Result | string> {
    try {
      return await inTransaction(this.client, work);
    } catch (error) {
      if (!(error instanceof ImpossibleCorrections)) throw error;
      return error.impossible[0]?.problem ?? '';
    }
  }

  reserve(quantity: number, ttlSeconds: number, now: Date): Promise<string | null> {
    const { start, end, burns } = this.#terms('tokens', now);
    return this.#call('reserve', [JSON.stringify({ meter: 'tokens', quantity, ttlSeconds }), now, start, end, rules.tokens.allowance, burns]);
  }

  async commit(id: string, quantity: number, now: Date): Promise<string> {
    const event = { quantity, occurredAt: now };
    const { text, values } = commitReservation({
      organization: this.organization,
      reservation: id,
      event,
      at: now,
      ends: null,
      planAllowance: rules.tokens.allowance,
      burns: true,
    });
    const [{ done, status, committed, id_taken: isIdTaken }] = (await this.rows<CommitReservationRow>(text, values)) as [CommitReservationRow];
    return commitOutcome({ done, status, committed: committed === null ? null : Number(committed), isIdTaken }, quantity);
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
