import { Injectable } from '@nestjs/common';
import pg from 'pg';
import { AppConfig } from '../../../config/app-config.js';
import { inTransaction } from '../../../database/locks.js';
import type { Statement } from '../../../database/wire/pg-internals.js';
import type { TenantConnection } from '../../../database/wire/tenant-connection.js';
import { TenantPool } from '../../../database/wire/tenant-pool.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { wireBinding } from '../../../tenancy/wire-binding.js';
import { applyCorrections, type AppliedCorrections, type CorrectionRules, type ReportedCorrection, type TransactionCall } from './corrections.js';
import type { MeterState, MeterTerms } from './meter-reading.js';
import * as usage from '../usage.functions.js';
import type { Reporter } from './reporter.js';

/** An event in the form that the ledger takes. */
export interface LedgerEvent extends Reporter {
  readonly id: string;
  readonly meter: string;
  readonly quantity: number;
  readonly occurredAt: Date;
  readonly periodStart?: Date;
  readonly subject?: string | undefined;
  readonly metadata?: object | undefined;
}

/** A deadlock, and a failure of serialization. */
const inTheWay: ReadonlySet<string> = new Set(['40P01', '40001']);
const attempts = 3;

/** The aggregation and the allowance of each meter of a batch. */
export type MeterRules = Readonly<Record<string, { readonly aggregation: string; readonly allowance: number | null; readonly decimals?: number }>>;

/** Events as columns. */
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

/** The result of a batch of events. Those that are neither recorded nor conflicting had been recorded before. */
export interface RecordedEvents {
  readonly recorded: number;
  /** The places of the events whose id belongs to a different event. */
  readonly conflicting: readonly number[];
}

/** SQL counts places from 1. */
const recordedEvents = ({ recorded, conflicting }: usage.RecordRow): RecordedEvents => ({ recorded, conflicting: conflicting.map((place) => place - 1) });

/** Events of one reporter. */
export interface EventBatch {
  readonly columns: EventColumns;
  readonly reporter: Reporter;
  readonly rules: MeterRules;
}

type StateRow = Readonly<Record<'used' | 'held' | 'from_grants' | 'granted', string>>;

const stateOf = (row: StateRow): MeterState => ({ taken: Number(row.used), held: Number(row.held), fromGrants: Number(row.from_grants), granted: Number(row.granted) });

/**
 * Members and leases are counted from their own rows; all other meters have a total. An overdue reservation holds nothing,
 * even before somebody has expired it: `usage.readings` has the same rule, and a test compares the two.
 */
const meterStates = `
  select case m.source when 'members' then (select count(*) from memberships c where c.organization_id = $1)
                       when 'leases' then (select count(*) from usage_leases l where l.organization_id = $1 and l.meter = m.key and l.expires_at > $5)
                       else coalesce(t.used, 0) - r.overdue end as used,
         coalesce(t.held, 0) - r.overdue as held, coalesce(t.from_grants, 0) - least(r.overdue, t.from_grants) as from_grants,
         usage.granted($1, m.key, $5) + case when r.overdue = 0 then 0 else usage.unburnable($1, m.key, least(r.overdue, t.from_grants), $5) end as granted
    from unnest($2::text[], $3::timestamptz[], $4::text[]) with ordinality as m (key, period_start, source, place)
    left join meter_totals t on t.organization_id = $1 and t.meter = m.key and t.period_start = m.period_start
    cross join lateral (
      select coalesce(sum(o.quantity), 0)::bigint as overdue from usage_reservations o
       where o.organization_id = $1 and o.meter = m.key and o.status = 'open' and o.period_start = m.period_start and o.expires_at <= $5) r
   order by m.place`;

/** Calls the SQL functions of the schema `usage` as the current organization. */
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
    const values = [this.#organization, terms.map(({ meter }) => meter.key), terms.map(({ start }) => start), sources, at];
    const statement = this.#statement({ name: 'states', text: meterStates, values });
    const { rows } = await repeated(() => this.pool.read(this.#organization, statement));
    return (rows as StateRow[]).map(stateOf);
  }

  async consume(
    event: LedgerEvent,
    { meter: { decimals }, end, allowance, burns }: MeterTerms,
    at: Date,
  ): Promise<MeterState & { outcome: 'taken' | 'repeated' | 'reused' | 'exceeded' }> {
    const row = await this.#call(usage.consume({ organization: this.#organization, event: { ...event, decimals }, at, ends: end, planAllowance: allowance, burns }));
    return { outcome: row.outcome as 'taken', ...stateOf(row) };
  }

  /** Counts a batch of events. */
  async record(batch: EventBatch, at: Date): Promise<RecordedEvents> {
    return recordedEvents(await this.#call(recordCall(this.#organization, batch, at)));
  }

  /**
   * Applies corrections, and records the batch in the same transaction, before them. Nothing is written when a correction
   * cannot be applied. It takes several round trips under the exclusive lock of the meters, which a batch without
   * corrections does not need.
   *
   * @throws {ImpossibleCorrections}
   */
  async recordWithCorrections(
    batch: EventBatch | undefined,
    corrections: readonly ReportedCorrection[],
    rules: CorrectionRules,
    at: Date,
  ): Promise<{ readonly events: RecordedEvents; readonly corrections: AppliedCorrections }> {
    const organization = this.#organization;
    const correcting = corrections.map(({ meter }) => meter);
    return this.#inTransaction(async (call) => {
      const [recorded] = batch === undefined ? [] : await call(recordCall(organization, batch, at, correcting));
      const events = recorded === undefined ? { recorded: 0, conflicting: [] } : recordedEvents(recorded);
      return { events, corrections: await applyCorrections(call, organization, corrections, rules, at) };
    });
  }

  /** Returns the outcome: see prisma/functions/usage/release.sql. */
  async release(event: LedgerEvent, at: Date): Promise<string> {
    return (await this.#call(usage.release({ organization: this.#organization, event, at }))).release;
  }

  /** Returns the reservation's id, or null when there is no room. */
  async reserve(reservation: object, { start, end, allowance, burns }: MeterTerms, at: Date): Promise<string | null> {
    const call = usage.reserve({ organization: this.#organization, reservation, at, starts: start, ends: end, planAllowance: allowance, burns });
    return (await this.#call(call)).reserve;
  }

  /** Commits a reservation if possible, and returns what it found: see prisma/functions/usage/commit_reservation.sql. */
  commitReservation(id: string, event: object, { meter: { decimals }, end, allowance, burns }: MeterTerms, at: Date): Promise<usage.CommitReservationRow> {
    return this.#call(
      usage.commitReservation({ organization: this.#organization, reservation: id, event: { ...event, decimals }, at, ends: end, planAllowance: allowance, burns }),
    );
  }

  /** Reports whether the reservation was open. */
  async releaseReservation(id: string, at: Date): Promise<boolean> {
    return (await this.#call(usage.releaseReservation({ organization: this.#organization, reservation: id, at }))).release_reservation;
  }

  /** Returns the lease's id, or null when all units are in use, and how many are in use. */
  async acquireLease(lease: object, limit: number | undefined, at: Date): Promise<{ readonly id: string | null; readonly live: number }> {
    const { id, live } = await this.#call(usage.acquireLease({ organization: this.#organization, lease, maxLeases: limit, at }));
    return { id, live: Number(live) };
  }

  /** Takes units for requests to come, none when there is no room; returns them and the state of the meter. */
  async takeLot({ meter, start, end, allowance }: MeterTerms, wanted: number, at: Date): Promise<MeterState & { readonly units: number }> {
    const row = await this.#call(usage.takeLot({ organization: this.#organization, ofMeter: meter.key, wanted, at, starts: start, ends: end, planAllowance: allowance }));
    return { units: Number(row.units), ...stateOf(row) };
  }

  get #organization(): string {
    return this.context.organizationId;
  }

  /** Calls a function that returns one row, in a transaction of its own. */
  async #call<Row>(call: usage.SqlCall<Row>): Promise<Row> {
    const statement = this.#statement(call);
    const { rows } = await repeated(() => wireBinding.run(this.#organization, () => this.pool.query(statement)));
    return rows[0] as Row;
  }

  #inTransaction<Result>(work: (call: TransactionCall) => Promise<Result>): Promise<Result> {
    const run = (connection: TenantConnection): Promise<Result> => work(async <Row>(call: usage.SqlCall<Row>) => (await connection.query(this.#statement(call))).rows as Row[]);
    return repeated(() => wireBinding.run(this.#organization, () => inTransaction(this.pool, run)));
  }

  #statement({ name, text, values }: usage.SqlCall<unknown>): Statement {
    return { ...(this.#named ? { name: `tenantry_usage_${name}` } : {}), text, values };
  }
}

/** @param correcting the meters whose events the same transaction corrects afterwards */
export function recordCall(organization: string, { columns, reporter, rules }: EventBatch, at: Date, correcting: readonly string[] = []): usage.SqlCall<usage.RecordRow> {
  return usage.record({ organization, ...columns, reporterUser: reporter.userId, reporterKey: reporter.apiKeyId, rules, correcting, at });
}

/** Runs a transaction, and runs it again after a deadlock or a failure of serialization. */
async function repeated<Result>(transaction: () => PromiseLike<Result>, attempt = 1): Promise<Result> {
  try {
    return await transaction();
  } catch (error) {
    if (attempt >= attempts || !(error instanceof pg.DatabaseError && inTheWay.has(error.code ?? ''))) throw error;
    return repeated(transaction, attempt + 1);
  }
}
