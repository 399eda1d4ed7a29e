import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { membershipOf, type Principal } from '../../../access/principal/principal.js';
import { dayLength } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import type { FieldError } from '../../../common/errors/app-error.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { partsOf } from '../../../config/catalog/quantities.js';
import { countedParts } from '../metering/units.js';
import type { MeterTerms } from '../metering/meter-reading.js';
import { MetersService } from '../metering/meters.service.js';
import { reporterOf } from '../metering/reporter.js';
import { ImpossibleCorrections } from '../metering/corrections.js';
import { UsageStatementsService, type EventColumns, type MeterRules } from '../metering/usage-statements.service.js';
import { clockTolerance } from '../metering/clock-tolerance.js';
import { sourceAndId } from '../metering/event-key.js';
import { eventProblems, InvalidEventsError, type EventField, type EventProblem } from '../usage.errors.js';

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

/** An event and its place among the events that were sent. */
export interface PlacedEvent extends ReportedEvent {
  readonly index: number;
}

/** The events of a call. */
export interface ReportedBatch {
  readonly events: readonly PlacedEvent[];
  /** Events that could not be read. */
  readonly refused: readonly FieldError[];
  /** Whether an invalid event is refused by itself. Otherwise it refuses the batch. */
  readonly eachByItself: boolean;
  /** Returns the JSON Pointer to a field of an event in the body that was sent. */
  readonly pointerTo: (event: PlacedEvent, field: EventField) => string;
}

/** An event whose id belongs to a different event. */
export interface EventConflict extends FieldError {
  readonly id: string;
}

export interface EventsReceipt {
  /** The number of events that this call recorded. */
  readonly accepted: number;
  /** The number of events that had been recorded before. */
  readonly repeated: number;
  readonly conflicts: EventConflict[];
  readonly refused: FieldError[];
}

/** The receipt, or the problems because of which nothing was recorded. */
interface RecordingOutcome {
  readonly problems: readonly { readonly event: PlacedEvent; readonly problem: EventProblem }[];
  readonly receipt?: Omit<EventsReceipt, 'refused'>;
}

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
   * @throws {InvalidEventsError} with a pointer to each invalid event, when one refuses the batch or all are invalid
   */
  async recordUsage(principal: Principal, batch: ReportedBatch): Promise<EventsReceipt> {
    let { events } = batch;
    const refused = [...batch.refused];
    while (refused.length === 0 || events.length > 0) {
      const { problems, receipt } = await this.#record(principal, { ...batch, events });
      if (receipt !== undefined) return { ...receipt, refused };
      refused.push(...problems.map(({ event, problem: { field, code, message } }) => ({ pointer: batch.pointerTo(event, field), code, message })));
      if (!batch.eachByItself) break;
      const invalid = new Set(problems.map(({ event }) => event));
      events = events.filter((event) => !invalid.has(event));
    }
    throw new InvalidEventsError(refused);
  }

  /** Records all of the events, or none when one is invalid. */
  async #record(principal: Principal, { events, pointerTo }: ReportedBatch): Promise<RecordingOutcome> {
    const now = this.clock.now();
    const oldest = new Date(now.getTime() - this.catalog.usage.lateDays * dayLength);
    const problems = events.flatMap((event) => {
      const problem = this.#problemOf(event, now, oldest);
      return problem === undefined ? [] : [{ event, problem }];
    });
    if (problems.length > 0) return { problems };
    const { facts } = membershipOf(principal);
    const reporter = reporterOf(principal);
    const rules = this.#rulesOf(events, facts);
    const plain = events.filter((event) => !isCorrection(event));
    const batch = { columns: this.#columnsOf(plain, facts, now), reporter, rules };
    const receiptOf = (accepted: number, conflicting: readonly PlacedEvent[]): Omit<EventsReceipt, 'refused'> => ({
      accepted,
      repeated: events.length - accepted - conflicting.length,
      conflicts: conflicting.map((event) => conflictOf(event, pointerTo(event, 'id'))),
    });
    if (plain.length === events.length) {
      const { recorded, conflicting } = await this.statements.record(batch, now);
      return { problems, receipt: receiptOf(recorded, placed(plain, conflicting)) };
    }
    const correcting = events.filter(isCorrection);
    const corrections = correcting.map((event) => ({ ...event, quantity: this.#partsIn(event), ...reporter }));
    const aggregations = new Map(Object.entries(rules).map(([key, { aggregation }]) => [key, aggregation]));
    try {
      const done = await this.statements.recordWithCorrections(plain.length === 0 ? undefined : batch, corrections, { aggregations, oldest }, now);
      const conflicting = [...placed(plain, done.events.conflicting), ...placed(correcting, done.corrections.conflicting)].sort((a, b) => a.index - b.index);
      return { problems, receipt: receiptOf(done.events.recorded + done.corrections.applied, conflicting) };
    } catch (error) {
      if (!(error instanceof ImpossibleCorrections)) throw error;
      return { problems: error.impossible.flatMap(({ index, problem }) => placed(correcting, [index]).map((event) => ({ event, problem: eventProblems.correction(problem) }))) };
    }
  }

  /** Returns the first problem of an event that it has by itself. Whether it can correct another event depends on the ledger. */
  #problemOf({ meter: key, quantity, occurredAt, subject, corrects }: ReportedEvent, now: Date, oldest: Date): EventProblem | undefined {
    const meter = this.catalog.meters.get(key);
    if (meter === undefined) return eventProblems.unknownMeter(key);
    if (meter.kind !== 'counter' || meter.tracks !== undefined) return eventProblems.wrongMeter(meter);
    if (countedParts(meter, quantity) === undefined) return eventProblems.tooManyDecimals(meter);
    if (corrects !== undefined) return quantity < 0 ? undefined : eventProblems.notNegative;
    if (quantity <= 0) return eventProblems.notPositive;
    if (meter.aggregation === 'unique' && subject === undefined) return eventProblems.subjectRequired;
    if (occurredAt !== undefined && occurredAt < oldest) return eventProblems.tooLate(this.catalog.usage.lateDays);
    return occurredAt !== undefined && occurredAt.getTime() > now.getTime() + clockTolerance ? eventProblems.inTheFuture : undefined;
  }

  /** Returns events that are not corrections as columns. A late event belongs to the period in which it happened. */
  #columnsOf(plain: readonly ReportedEvent[], facts: OrganizationFacts, now: Date): EventColumns {
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
      quantities: plain.map((event) => this.#partsIn(event)),
      occurred: placed.map(({ at }) => at),
      starts: placed.map(({ terms: { start } }) => start),
      ends: placed.map(({ terms: { end } }) => end),
      subjects: plain.map(({ subject }) => subject),
      metadata: plain.map(({ metadata }) => (metadata === undefined ? undefined : JSON.stringify(metadata))),
    };
  }

  /** The event must have no problem. */
  #partsIn({ meter, quantity }: ReportedEvent): number {
    return partsOf(this.catalog.decimalsOf(meter), quantity) ?? quantity;
  }

  #rulesOf(events: readonly ReportedEvent[], { entitlements }: OrganizationFacts): MeterRules {
    const keys = [...new Set(events.map(({ meter }) => meter))];
    return Object.fromEntries(
      keys.map((key) => [
        key,
        { aggregation: this.catalog.meters.get(key)?.aggregation ?? 'sum', allowance: entitlements.limits.get(key)?.limit ?? null, decimals: this.catalog.decimalsOf(key) },
      ]),
    );
  }
}

const isCorrection = (event: PlacedEvent): event is PlacedEvent & { readonly corrects: string } => event.corrects !== undefined;

/** Returns the events at places. */
const placed = (events: readonly PlacedEvent[], places: readonly number[]): PlacedEvent[] => places.flatMap((place) => events[place] ?? []);

function conflictOf({ id: key }: PlacedEvent, pointer: string): EventConflict {
  const { id } = sourceAndId(key);
  return { pointer, id, code: 'event_id_reused', message: 'the id belongs to an event with another meter, quantity or subject. This event was not recorded' };
}
