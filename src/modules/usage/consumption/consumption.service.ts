import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { membershipOf, type Principal } from '../../../access/principal/principal.js';
import { Clock } from '../../../common/clock.js';
import { ImpossibleCorrections } from '../metering/corrections.js';
import { hasRoomFor, readingOf, type MeterReading, type MeterTerms } from '../metering/meter-reading.js';
import { MeterReadingsService } from '../metering/meter-readings.service.js';
import { MetersService } from '../metering/meters.service.js';
import { reporterOf } from '../metering/reporter.js';
import { UsageStatementsService, type LedgerEvent } from '../metering/usage-statements.service.js';
import { EventIdReusedError, GaugeTooLowError, WrongMeterError } from '../usage.errors.js';

/** A request for units of a meter. */
export interface Consumption {
  /** The caller's id of the consumption: a repetition counts once. Generated when left out. */
  readonly id?: string | undefined;
  readonly meter: string;
  readonly quantity: number;
  /** The user or thing that the units are for. */
  readonly subject?: string | undefined;
  readonly metadata?: object | undefined;
}

export interface Consumed extends MeterReading {
  readonly eventId: string;
  /** Whether an earlier call with the same id had counted the units already. */
  readonly repeated: boolean;
}

/** Checks the limit and takes the units in one statement, so that concurrent calls cannot exceed the limit together. */
@Injectable()
export class ConsumptionService {
  constructor(
    private readonly meters: MetersService,
    private readonly readings: MeterReadingsService,
    private readonly statements: UsageStatementsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes all the units, or none.
   *
   * @throws {QuotaExceededError | EventIdReusedError | UnknownMeterError | WrongMeterError}
   */
  async consumeUsage(principal: Principal, { id = randomUUID(), ...consumption }: Consumption): Promise<Consumed> {
    const now = this.clock.now();
    const { facts } = membershipOf(principal);
    const terms = consumable(this.meters.termsOf(consumption.meter, facts, now));
    const quantity = this.meters.partsOf(terms.meter, consumption.quantity);
    const event = { ...consumption, quantity, id, occurredAt: now, periodStart: terms.start, ...reporterOf(principal) };
    const { outcome, ...state } = await this.statements.consume(event, terms, now);
    const reading = readingOf(terms, state);
    if (outcome === 'exceeded') throw this.meters.quotaExceeded(reading, quantity, facts);
    if (outcome === 'reused') throw new EventIdReusedError(id);
    return { ...reading, eventId: id, repeated: outcome === 'repeated' };
  }

  /** Returns whether the units could be taken now. Takes none. @throws {UnknownMeterError} */
  async checkUsage(principal: Principal, { meter, quantity }: Consumption): Promise<MeterReading & { readonly allowed: boolean }> {
    const now = this.clock.now();
    const reading = await this.readings.readTerms(this.meters.termsOf(meter, membershipOf(principal).facts, now), now);
    return { ...reading, allowed: hasRoomFor(reading, this.meters.partsOf(reading.meter, quantity)) };
  }

  /**
   * Lowers a gauge by units that are no longer in use.
   *
   * @throws {GaugeTooLowError | EventIdReusedError | UnknownMeterError | WrongMeterError}
   */
  async releaseUsage(principal: Principal, { id = randomUUID(), meter, quantity, ...release }: Consumption): Promise<MeterReading> {
    const now = this.clock.now();
    const terms = consumable(this.meters.termsOf(meter, membershipOf(principal).facts, now));
    if (terms.meter.kind !== 'gauge') throw WrongMeterError.notReleasable(meter);
    const event: LedgerEvent = {
      ...release,
      id,
      meter,
      quantity: -this.meters.partsOf(terms.meter, quantity),
      occurredAt: now,
      periodStart: terms.start,
      ...reporterOf(principal),
    };
    const outcome = await this.statements.release(event, now);
    if (outcome === 'too_much') throw new GaugeTooLowError(meter);
    if (outcome === 'reused') throw new EventIdReusedError(id);
    return this.readings.readTerms(terms, now);
  }

  /** Returns consumed units because the operation that needed them failed. Records a correction, so that the ledger has both events. */
  async returnUsage(principal: Principal, { eventId, meter }: Consumed, quantity: number): Promise<void> {
    const now = this.clock.now();
    const correction = { id: `${eventId}#returned`, corrects: eventId, meter: meter.key, quantity: -this.meters.partsOf(meter, quantity), ...reporterOf(principal) };
    const rules = { aggregations: new Map([[meter.key, meter.aggregation]]), oldest: new Date(0) };
    try {
      await this.statements.recordWithCorrections(undefined, [correction], rules, now);
    } catch (error) {
      // The units were returned in another way, for example by a reset.
      if (!(error instanceof ImpossibleCorrections)) throw error;
    }
  }
}

/** @throws {WrongMeterError} */
function consumable(terms: MeterTerms): MeterTerms {
  const { key, kind, tracks, aggregation } = terms.meter;
  if (tracks !== undefined) throw WrongMeterError.countedByTenantry(key, tracks);
  if (kind === 'concurrent') throw WrongMeterError.needsLease(key);
  if (aggregation !== 'sum') throw WrongMeterError.notAdditive(key);
  return terms;
}
