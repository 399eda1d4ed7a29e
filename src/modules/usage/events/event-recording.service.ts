import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { membershipOf, type Principal } from '../../../access/principal/principal.js';
import { dayLength } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import type { FieldError } from '../../../common/errors/app-error.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { MeterTerms } from '../metering/meter-reading.js';
import { MetersService } from '../metering/meters.service.js';
import { reporterOf } from '../metering/reporter.js';
import { ImpossibleCorrection } from '../metering/corrections.js';
import { UsageStatementsService, type EventColumns, type MeterRules } from '../metering/usage-statements.service.js';
import { eventProblems, InvalidEventsError } from '../usage.errors.js';

/** A usage event as the caller reports it. */
export interface ReportedEvent {
  readonly id: string;
  readonly meter: string;
  /** Negative in a correction. */
  readonly quantity: number;
  /** The current time when left out. A correction counts at the time of the event that it corrects. */
  readonly occurredAt?: Date | undefined;
  readonly subject?: string | undefined;
  /** The id of the event that this event corrects, entirely or in part. */
  readonly corrects?: string | undefined;
  readonly metadata?: object | undefined;
}

export interface EventsReceipt {
  /** The number of events that this call recorded. */
  readonly accepted: number;
  /** The number of events that had been recorded before. */
  readonly repeated: number;
}

interface EventProblem {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** The accepted difference between the clocks of the caller and the server, in milliseconds. */
const clockTolerance = 5 * 60 * 1000;

/** Records batches of usage events: all events of a batch, each once by its id, or none. */
@Injectable()
export class EventRecordingService {
  constructor(
    private readonly meters: MetersService,
    private readonly catalog: Catalog,
    private readonly statements: UsageStatementsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Records the events. They are durable when the promise resolves.
   *
   * @throws {InvalidEventsError} with a pointer to each invalid event
   */
  async recordUsage(principal: Principal, events: readonly ReportedEvent[]): Promise<EventsReceipt> {
    const now = this.clock.now();
    const oldest = new Date(now.getTime() - this.catalog.usage.lateDays * dayLength);
    const errors = events.flatMap((event, index) => {
      const problem = this.#problemOf(event, now, oldest);
      return problem === undefined ? [] : [errorAt(index, problem)];
    });
    if (errors.length > 0) throw new InvalidEventsError(errors);
    const { facts } = membershipOf(principal);
    const reporter = reporterOf(principal);
    const rules = this.#rulesOf(events, facts);
    const batch = { columns: this.#columnsOf(events, facts, now), reporter, rules };
    const corrections = events.flatMap((event, index) => (event.corrects === undefined ? [] : [{ ...event, corrects: event.corrects, ...reporter, index }]));
    if (corrections.length === 0) return receiptOf(events, await this.statements.record(batch, now));
    try {
      const plain = corrections.length === events.length ? undefined : batch;
      const aggregations = new Map(Object.entries(rules).map(([key, { aggregation }]) => [key, aggregation]));
      return receiptOf(events, await this.statements.recordWithCorrections(plain, corrections, { aggregations, oldest }, now));
    } catch (error) {
      if (!(error instanceof ImpossibleCorrection)) throw error;
      throw new InvalidEventsError([errorAt(corrections[error.index]?.index ?? 0, eventProblems.correction(error.problem))]);
    }
  }

  /** Returns the first problem of an event that it has by itself. Whether it can correct another event depends on the ledger. */
  #problemOf({ meter: key, quantity, occurredAt, subject, corrects }: ReportedEvent, now: Date, oldest: Date): EventProblem | undefined {
    const meter = this.catalog.meters.get(key);
    if (meter === undefined) return eventProblems.unknownMeter(key);
    if (meter.kind !== 'counter' || meter.tracks !== undefined) return eventProblems.wrongMeter(meter);
    if (corrects !== undefined) return quantity < 0 ? undefined : eventProblems.notNegative;
    if (quantity < 1) return eventProblems.notPositive;
    if (meter.aggregation === 'unique' && subject === undefined) return eventProblems.subjectRequired;
    if (occurredAt !== undefined && occurredAt < oldest) return eventProblems.tooLate(this.catalog.usage.lateDays);
    return occurredAt !== undefined && occurredAt.getTime() > now.getTime() + clockTolerance ? eventProblems.inTheFuture : undefined;
  }

  /** Returns the events that are not corrections, as columns. A late event belongs to the period in which it happened. */
  #columnsOf(events: readonly ReportedEvent[], facts: OrganizationFacts, now: Date): EventColumns {
    const plain = events.filter(({ corrects }) => corrects === undefined);
    const termsByMeter = new Map<string, MeterTerms>();
    const termsOf = (key: string, at: Date): MeterTerms => {
      const known = termsByMeter.get(key);
      if (known !== undefined && at >= known.start && known.end !== undefined && at < known.end) return known;
      const terms = this.meters.termsOf(key, facts, at);
      termsByMeter.set(key, terms);
      return terms;
    };
    const placed = plain.map(({ meter, occurredAt = now }) => ({ at: occurredAt, terms: termsOf(meter, occurredAt) }));
    return {
      ids: plain.map(({ id }) => id),
      meters: plain.map(({ meter }) => meter),
      quantities: plain.map(({ quantity }) => quantity),
      occurred: placed.map(({ at }) => at),
      starts: placed.map(({ terms: { start } }) => start),
      ends: placed.map(({ terms: { end } }) => end),
      subjects: plain.map(({ subject }) => subject),
      metadata: plain.map(({ metadata }) => (metadata === undefined ? undefined : JSON.stringify(metadata))),
    };
  }

  #rulesOf(events: readonly ReportedEvent[], { entitlements }: OrganizationFacts): MeterRules {
    const keys = [...new Set(events.map(({ meter }) => meter))];
    return Object.fromEntries(
      keys.map((key) => [key, { aggregation: this.catalog.meters.get(key)?.aggregation ?? 'sum', allowance: entitlements.limits.get(key)?.limit ?? null }]),
    );
  }
}

const receiptOf = (events: readonly ReportedEvent[], accepted: number): EventsReceipt => ({ accepted, repeated: events.length - accepted });

const errorAt = (index: number, { field, code, message }: EventProblem): FieldError => ({ pointer: `/events/${index}/${field}`, code, message });
