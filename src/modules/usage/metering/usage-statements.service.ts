import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { AppConfig } from '../../../config/app-config.js';
import { TenantPool } from '../../../database/wire/tenant-pool.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { wireBinding } from '../../../tenancy/wire-binding.js';
import type { MeterState, MeterTerms } from './meter-reading.js';
import type { Reporter } from './reporter.js';

/** An event as the ledger takes it. */
export interface LedgerEvent extends Reporter {
  readonly id: string;
  readonly meter: string;
  readonly quantity: number;
  readonly occurredAt: Date;
  readonly periodStart?: Date;
  readonly subject?: string | undefined;
  readonly corrects?: string | undefined;
  readonly metadata?: object | undefined;
}

export interface IndexedEvent extends LedgerEvent {
  /** Its place in the batch. */
  readonly index: number;
}

interface Correction {
  readonly index: number;
  readonly problem: string;
}

/** A correction that the ledger does not take; nothing of its batch was written. */
export class ImpossibleCorrection extends Error {
  constructor(readonly correction: Correction) {
    super(`event ${correction.index} cannot be a correction: ${correction.problem}`);
  }
}

/** The code of the error that `usage.record` raises. */
const impossibleCorrection = 'TN001';

/** Deadlocks and failures of serialization. */
const inTheWay: ReadonlySet<string> = new Set(['40P01', '40001']);
const attempts = 3;

/** The rules by which a batch of events is counted, by meter. */
export type MeterRules = Readonly<Record<string, { readonly aggregation: string; readonly allowance: number | null }>>;

/** A batch as columns. */
export interface EventColumns {
  readonly ids: readonly string[];
  readonly meters: readonly string[];
  readonly quantities: readonly number[];
  readonly occurred: readonly Date[];
  readonly starts: readonly Date[];
  readonly ends: readonly (Date | undefined)[];
  readonly subjects: readonly (string | undefined)[];
  readonly metadata: readonly (string | undefined)[];
}

type StateRow = Readonly<Record<'used' | 'held' | 'from_grants' | 'granted', string>>;

const stateOf = (row: StateRow): MeterState => ({ taken: Number(row.used), held: Number(row.held), fromGrants: Number(row.from_grants), granted: Number(row.granted) });

/** Members and leases are counted from their own rows; all other meters have a total. */
const meterStates = `
  select case m.source when 'members' then (select count(*) from memberships c where c.organization_id = $1)
                       when 'leases' then (select count(*) from usage_leases l where l.organization_id = $1 and l.meter = m.key and l.expires_at > $5)
                       else coalesce(t.used, 0) end as used,
         coalesce(t.held, 0) as held, coalesce(t.from_grants, 0) as from_grants, usage.granted($1, m.key, $5) as granted
    from unnest($2::text[], $3::timestamptz[], $4::text[]) with ordinality as m (key, period_start, source, place)
    left join meter_totals t on t.organization_id = $1 and t.meter = m.key and t.period_start = m.period_start
   order by m.place`;

/** Calls the functions of the database that count (schema `usage`), as the tenant that is current: a round trip each. */
@Injectable()
export class UsageStatementsService {
  readonly #named: boolean;

  constructor(
    private readonly pool: TenantPool,
    private readonly context: TenantContext,
    { preparedStatements }: AppConfig,
  ) {
    this.#named = preparedStatements;
  }

  /** Returns the states of meters in the periods of their terms, in the same order. */
  async readStates(terms: readonly MeterTerms[], at: Date): Promise<MeterState[]> {
    const sources = terms.map(({ meter }) => (meter.tracks === 'members' ? 'members' : meter.kind === 'concurrent' ? 'leases' : 'totals'));
    const values = [this.context.organizationId, terms.map(({ meter }) => meter.key), terms.map(({ start }) => start), sources, at];
    return (await this.#query<StateRow>('states', meterStates, values, { writes: false })).map(stateOf);
  }

  async consume(event: LedgerEvent, { end, allowance, burns }: MeterTerms, at: Date): Promise<MeterState & { outcome: 'taken' | 'repeated' | 'reused' | 'exceeded' }> {
    const [row] = await this.#call<StateRow & { outcome: 'taken' }>('consume', [JSON.stringify(event), at, end, allowance, burns]);
    return { outcome: (row as { outcome: 'taken' }).outcome, ...stateOf(row as StateRow) };
  }

  /**
   * How many of the events were new.
   *
   * @param oldest nothing that happened before is corrected any more
   * @throws {ImpossibleCorrection}
   */
  async record(columns: EventColumns, corrections: readonly IndexedEvent[], { userId, apiKeyId }: Reporter, rules: MeterRules, at: Date, oldest: Date): Promise<number> {
    const { ids, meters, quantities, occurred, starts, ends, subjects, metadata } = columns;
    const batch = [ids, meters, quantities, occurred, starts, ends, subjects, metadata];
    return this.#answer<number>('record', [...batch, userId, apiKeyId, JSON.stringify(rules), JSON.stringify(corrections), at, oldest]).catch((error: unknown) => {
      throw error instanceof pg.DatabaseError && error.code === impossibleCorrection ? new ImpossibleCorrection(JSON.parse(error.detail ?? '{}') as Correction) : error;
    });
  }

  async correct(event: LedgerEvent, aggregation: string, at: Date, oldest: Date): Promise<string> {
    return this.#answer('correct', [JSON.stringify(event), aggregation, at, oldest]);
  }

  async release(event: LedgerEvent, at: Date): Promise<string> {
    return this.#answer('release', [JSON.stringify(event), at]);
  }

  /** The reservation's id, or null when there is no room. */
  async reserve(reservation: object, { start, end, allowance, burns }: MeterTerms, at: Date): Promise<string | null> {
    return this.#answer('reserve', [JSON.stringify(reservation), at, start, end, allowance, burns]);
  }

  async commitReservation(id: string, event: object, { end, allowance, burns }: MeterTerms, at: Date): Promise<string> {
    return this.#answer('commit_reservation', [id, JSON.stringify(event), at, end, allowance, burns]);
  }

  async releaseReservation(id: string, at: Date): Promise<boolean> {
    return this.#answer('release_reservation', [id, at]);
  }

  /** The lease's id, null when none is left; and how many are out. */
  async acquireLease(lease: object, most: number | undefined, at: Date): Promise<{ readonly id: string | null; readonly live: number }> {
    const [row] = await this.#call<{ id: string | null; live: string }>('acquire_lease', [JSON.stringify(lease), most, at]);
    return { id: row?.id ?? null, live: Number(row?.live ?? 0) };
  }

  /** Units for requests to come, none when there is no room; and what there is of the meter then. */
  async takeLot({ meter, start, end, allowance }: MeterTerms, wanted: number, at: Date): Promise<MeterState & { readonly units: number }> {
    const [row] = await this.#call<StateRow & { readonly units: string }>('take_lot', [meter.key, wanted, at, start, end, allowance]);
    return { units: Number(row?.units ?? 0), ...stateOf(row as StateRow) };
  }

  async #answer<Value>(name: string, values: readonly unknown[]): Promise<Value> {
    const [row] = await this.#call<Record<string, Value>>(name, values);
    return (row as Record<string, Value>)[name] as Value;
  }

  #call<Row>(name: string, values: readonly unknown[]): Promise<Row[]> {
    const parameters = values.map((_, index) => `$${index + 2}`).join(', ');
    return this.#query(name, `select * from usage.${name}($1, ${parameters})`, [this.context.organizationId, ...values]);
  }

  /** A statement is a transaction of its own: what was rolled back, since another one was in its way, can be done again. */
  async #query<Row>(name: string, text: string, values: readonly unknown[], { writes = true, attempt = 1 } = {}): Promise<Row[]> {
    const statement = { ...(this.#named ? { name: `tenantry_usage_${name}` } : {}), text, values, writes };
    try {
      const { rows } = await wireBinding.run(this.context.organizationId, () => this.pool.query(statement));
      return rows as Row[];
    } catch (error) {
      if (attempt >= attempts || !(error instanceof pg.DatabaseError && inTheWay.has(error.code ?? ''))) throw error;
      return this.#query(name, text, values, { writes, attempt: attempt + 1 });
    }
  }
}
