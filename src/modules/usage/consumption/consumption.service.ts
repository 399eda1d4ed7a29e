import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { membershipOf, type Principal } from '../../../access/principal/principal.js';
import { Clock } from '../../../common/clock.js';
import { readingOf, type MeterReading, type MeterTerms } from '../metering/meter-reading.js';
import { MeterReadingsService } from '../metering/meter-readings.service.js';
import { MetersService } from '../metering/meters.service.js';
import { reporterOf } from '../metering/reporter.js';
import { EventIdReusedError, GaugeTooLowError, WrongMeterError } from '../usage.errors.js';
import { UsageStatementsService, type LedgerEvent } from '../metering/usage-statements.service.js';

/** Units of a meter that somebody wants. */
export interface Demand {
  /** The caller's own; a repetition counts once. */
  readonly id?: string | undefined;
  readonly meter: string;
  readonly quantity: number;
  /** Whom or what they are for. */
  readonly subject?: string | undefined;
  readonly metadata?: object | undefined;
}

export interface Consumed extends MeterReading {
  readonly eventId: string;
  /** Whether this call counted nothing, since it was counted before. */
  readonly repeated: boolean;
}

/** Checks and takes in one step, so that of many who come at once no more get through than there is room for. */
@Injectable()
export class ConsumptionService {
  constructor(
    private readonly meters: MetersService,
    private readonly readings: MeterReadingsService,
    private readonly statements: UsageStatementsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes units, all or none.
   *
   * @throws {QuotaExceededError | EventIdReusedError | UnknownMeterError | WrongMeterError}
   */
  async consumeUsage(principal: Principal, { id = randomUUID(), ...demand }: Demand): Promise<Consumed> {
    const now = this.clock.now();
    const { facts } = membershipOf(principal);
    const terms = this.#consumable(this.meters.termsOf(demand.meter, facts, now));
    const event = { ...demand, id, occurredAt: now, periodStart: terms.start, ...reporterOf(principal) };
    const { outcome, ...state } = await this.statements.consume(event, terms, now);
    if (outcome === 'exceeded') throw this.meters.quotaExceeded(readingOf(terms, state), demand.quantity, facts);
    if (outcome === 'reused') throw new EventIdReusedError(id);
    return { ...readingOf(terms, state), eventId: id, repeated: outcome === 'repeated' };
  }

  /** Whether so many units could be taken at this moment; takes none. */
  async checkUsage(principal: Principal, { meter, quantity }: Demand): Promise<MeterReading & { readonly allowed: boolean }> {
    const now = this.clock.now();
    const terms = this.meters.termsOf(meter, membershipOf(principal).facts, now);
    const reading = await this.readings.readTerms(terms, now);
    return { ...reading, allowed: reading.taken + quantity <= (reading.limit ?? Infinity) };
  }

  /**
   * Lowers a gauge by what is gone.
   *
   * @throws {GaugeTooLowError | EventIdReusedError | UnknownMeterError | WrongMeterError}
   */
  async releaseUsage(principal: Principal, { id = randomUUID(), meter, quantity, ...demand }: Demand): Promise<MeterReading> {
    const now = this.clock.now();
    const terms = this.#consumable(this.meters.termsOf(meter, membershipOf(principal).facts, now));
    if (terms.meter.kind !== 'gauge') throw new WrongMeterError(meter, 'only a gauge is released. What a counter has counted by mistake is corrected by POST /usage/events.');
    const event: LedgerEvent = { ...demand, id, meter, quantity: -quantity, occurredAt: now, periodStart: terms.start, ...reporterOf(principal) };
    const outcome = await this.statements.release(event, now);
    if (outcome === 'too_much') throw new GaugeTooLowError(meter);
    if (outcome === 'reused') throw new EventIdReusedError(id);
    return this.readings.readTerms(terms, now);
  }

  /** Undoes a consumption, since what it was for has failed; by a counter-event, so that the ledger tells both. */
  async returnUsage(principal: Principal, { eventId, meter }: Consumed, quantity: number): Promise<void> {
    const now = this.clock.now();
    const event = { id: `${eventId}#returned`, corrects: eventId, meter: meter.key, quantity: -quantity, occurredAt: now, ...reporterOf(principal) };
    await this.statements.correct(event, meter.aggregation, now, new Date(0));
  }

  #consumable(terms: MeterTerms): MeterTerms {
    const { key, kind, tracks, aggregation } = terms.meter;
    if (tracks !== undefined) throw new WrongMeterError(key, `tenantry counts the ${tracks} itself.`);
    if (kind === 'concurrent') throw new WrongMeterError(key, 'take a lease: POST /usage/leases.');
    if (aggregation !== 'sum') throw new WrongMeterError(key, 'it does not add up quantities. Report events: POST /usage/events.');
    return terms;
  }
}
