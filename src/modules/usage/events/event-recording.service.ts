import { Injectable } from '@nestjs/common';
import type { OrganizationFacts } from '../../../access/organization/organization-facts.js';
import { membershipOf, type Principal } from '../../../access/principal/principal.js';
import { dayLength } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import type { FieldError } from '../../../common/errors/app-error.js';
import { Catalog, type MeterDefinition } from '../../../config/catalog/catalog.js';
import type { MeterTerms } from '../metering/meter-reading.js';
import { MetersService } from '../metering/meters.service.js';
import { reporterOf } from '../metering/reporter.js';
import { InvalidEventsError } from '../usage.errors.js';
import { ImpossibleCorrection, UsageStatementsService, type EventColumns, type IndexedEvent, type MeterRules } from '../metering/usage-statements.service.js';

/** Something that has happened. */
export interface ReportedEvent {
  readonly id: string;
  readonly meter: string;
  /** Negative in a correction. */
  readonly quantity: number;
  /** Now, when left out. A correction counts when the corrected event does. */
  readonly occurredAt?: Date | undefined;
  readonly subject?: string | undefined;
  /** The event that this one takes back, wholly or in part. */
  readonly corrects?: string | undefined;
  readonly metadata?: object | undefined;
}

export interface EventsReceipt {
  /** Events that were counted by this call. */
  readonly accepted: number;
  /** Events that were counted before. */
  readonly repeated: number;
}

/** Clocks differ by so much, in milliseconds. */
const tolerance = 5 * 60 * 1000;

const correctionProblems: Readonly<Record<string, string>> = {
  unknown: 'there is no event of this meter with that id, or it is a correction itself',
  too_much: 'it takes back more than is left of the event',
  whole_only: 'a meter that does not add up quantities can only lose an event entirely',
  too_late: 'the event happened too long ago to be corrected',
  reused: 'its id belongs to another event',
};

/** Takes batches of what has happened. All of a batch is counted, each event once by its id, or none of it. */
@Injectable()
export class EventRecordingService {
  constructor(
    private readonly meters: MetersService,
    private readonly catalog: Catalog,
    private readonly statements: UsageStatementsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts, and answers when that is durable.
   *
   * @throws {InvalidEventsError} with a pointer to each event that cannot be counted
   */
  async recordUsage(principal: Principal, events: readonly ReportedEvent[]): Promise<EventsReceipt> {
    const now = this.clock.now();
    const oldest = new Date(now.getTime() - this.catalog.usage.lateDays * dayLength);
    const problems = events.flatMap((event, index) => this.#problemsOf(event, index, now, oldest));
    if (problems.length > 0) throw new InvalidEventsError(problems);
    const { facts } = membershipOf(principal);
    const reporter = reporterOf(principal);
    const corrections: IndexedEvent[] = events.flatMap((event, index) => (event.corrects === undefined ? [] : [{ ...event, ...reporter, index, occurredAt: now }]));
    const columns = this.#columnsOf(events, facts, now);
    try {
      const accepted = await this.statements.record(columns, corrections, reporter, this.#rulesOf(events, facts), now, oldest);
      return { accepted, repeated: events.length - accepted };
    } catch (error) {
      if (!(error instanceof ImpossibleCorrection)) throw error;
      const { index, problem } = error.correction;
      throw new InvalidEventsError([{ pointer: `/events/${index}/corrects`, code: `correction_${problem}`, message: correctionProblems[problem] ?? problem }]);
    }
  }

  #problemsOf({ meter: key, quantity, occurredAt, subject, corrects }: ReportedEvent, index: number, now: Date, oldest: Date): FieldError[] {
    const at = (field: string, code: string, message: string): FieldError => ({ pointer: `/events/${index}/${field}`, code, message });
    const meter = this.catalog.meters.get(key);
    if (meter === undefined) return [at('meter', 'unknown_meter', `there is no meter "${key}"`)];
    if (meter.kind !== 'counter' || meter.tracks !== undefined) return [at('meter', 'wrong_meter', wrongMeter(meter))];
    if (corrects !== undefined) return quantity < 0 ? [] : [at('quantity', 'not_negative', 'what is taken back is negative')];
    if (quantity < 1) return [at('quantity', 'not_positive', 'a quantity is at least 1; a negative one needs `corrects`')];
    if (meter.aggregation === 'unique' && subject === undefined) return [at('subject', 'subject_required', 'this meter counts different subjects: name one')];
    if (occurredAt !== undefined && occurredAt < oldest) return [at('occurredAt', 'too_late', `it happened more than ${this.catalog.usage.lateDays} days ago`)];
    return occurredAt !== undefined && occurredAt.getTime() > now.getTime() + tolerance ? [at('occurredAt', 'in_the_future', 'it has not happened yet')] : [];
  }

  /** The events that correct nothing. What comes late belongs to the period in which it happened. */
  #columnsOf(events: readonly ReportedEvent[], facts: OrganizationFacts, now: Date): EventColumns {
    const plain = events.filter(({ corrects }) => corrects === undefined);
    const terms = new Map<string, MeterTerms>();
    const termsOf = (key: string, at: Date): MeterTerms => {
      const known = terms.get(key);
      if (known !== undefined && at >= known.start && known.end !== undefined && at < known.end) return known;
      const found = this.meters.termsOf(key, facts, at);
      terms.set(key, found);
      return found;
    };
    const placed = plain.map((event) => ({ event, at: event.occurredAt ?? now, terms: termsOf(event.meter, event.occurredAt ?? now) }));
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

function wrongMeter({ kind, tracks }: MeterDefinition): string {
  if (tracks !== undefined) return `tenantry counts the ${tracks} itself`;
  return kind === 'gauge' ? 'a gauge goes up by POST /usage/consume and down by POST /usage/release' : 'take a lease: POST /usage/leases';
}
