import { ChoiceField, IntegerField, ListField, NumberField, RecordField, TextField, TimeField } from '../../../common/http/fields.js';
import { maxMetadataBytes, maxUnits } from '../metering/units.js';
import type { ReportedBatch } from './event-recording.service.js';
import { readTime } from '../../../common/times.js';

/** The validators of this class are also compiled: see `compiled-check.ts`. */
export class UsageEventDto {
  @TextField({ max: 200, example: 'quiz-4711', description: 'Your id of the event. Events with the same id count once.' })
  id!: string;

  @TextField({ max: 64, example: 'quizzes', description: 'The key of a counter, except for one that tenantry counts itself, such as requests' })
  meter!: string;

  @NumberField({
    optional: true,
    example: 2,
    min: -maxUnits,
    max: maxUnits,
    description: 'The number of units, with at most the decimals of the meter. Default: 1. Negative in a correction (`corrects`).',
  })
  quantity?: number;

  @TimeField({
    optional: true,
    description:
      'When the event happened. It counts in the period of this time. At most `usage.lateDays` of the catalog in the past (7 days by default), and five minutes in the future. Default: now.',
  })
  occurredAt?: string;

  @TextField({ optional: true, max: 200, description: 'The user or object of the event. A meter with the aggregation `unique` counts distinct subjects.' })
  subject?: string;

  @TextField({ optional: true, max: 200, description: 'The id of the event that this event corrects, entirely or in part' })
  corrects?: string;

  @RecordField({ optional: true, maxBytes: maxMetadataBytes, description: 'Any data to store with the event, up to 4 kB' })
  metadata?: Record<string, unknown>;
}

export class ReportUsageDto {
  @ListField(() => UsageEventDto, { min: 1, max: 1000, description: '1 to 1000 events' })
  events!: UsageEventDto[];
}

export class EventConflictDto {
  @TextField({ example: '/events/2', description: 'The event in the body, as a JSON Pointer. For a binary CloudEvent: the header `/ce-id`' })
  pointer!: string;

  @TextField({ description: 'The id of the event' })
  id!: string;

  @ChoiceField(['event_id_reused'], { description: 'The error code of the event' })
  code!: string;

  @TextField({ description: 'How it differs from the event that was recorded before' })
  message!: string;
}

export class RefusedEventDto {
  @TextField({ example: '/2/source', description: 'The place in the body, as a JSON Pointer. For an attribute of a binary CloudEvent: `/` and the name of the header' })
  pointer!: string;

  @TextField({ example: 'attribute_too_long', description: 'The error code of the event' })
  code!: string;

  @TextField({ description: 'The fault, and how to correct it' })
  message!: string;
}

export class EventsReceiptDto {
  @IntegerField({ min: 0, max: 1000, description: 'The number of events that this call recorded' })
  accepted!: number;

  @IntegerField({ min: 0, max: 1000, description: 'The number of events that had been recorded before' })
  repeated!: number;

  @ListField(() => EventConflictDto, {
    description: 'Events that were not recorded because their id belongs to an event with another meter, quantity or `corrects` (for a `unique` meter, another subject)',
  })
  conflicts!: EventConflictDto[];

  @ListField(() => RefusedEventDto, { description: 'Events of a batch of CloudEvents that were not recorded because they are invalid' })
  refused!: RefusedEventDto[];
}

const timeOf = (time: string | undefined): Date | undefined => (time === undefined ? undefined : readTime(time));

/** Returns the events of a body in tenantry's own format. */
export function reportedEvents({ events }: ReportUsageDto): ReportedBatch {
  return {
    events: events.map(({ occurredAt, quantity = 1, ...event }, index) => ({ ...event, quantity, occurredAt: timeOf(occurredAt), index })),
    refused: [],
    eachByItself: false,
    pointerTo: ({ index }, field) => `/events/${index}/${field}`,
  };
}
