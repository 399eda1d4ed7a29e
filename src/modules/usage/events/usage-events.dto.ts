import { ChoiceField, IntegerField, ListField, ObjectField, RecordField, TextField, TimeField, UrlField } from '../../../common/http/fields.js';
import { maxMetadataBytes, maxUnits } from '../metering/units.js';
import type { ReportedEvent } from './event-recording.service.js';

/** The validators of this class are also compiled: see `compiled-check.ts`. */
export class UsageEventDto {
  @TextField({ max: 200, description: 'Your id of the event. Events with the same id count once.' })
  id!: string;

  @TextField({ max: 64, example: 'openai_tokens', description: 'The key of the meter' })
  meter!: string;

  @IntegerField({ optional: true, min: -maxUnits, max: maxUnits, description: 'The number of units. Default: 1. Negative in a correction (`corrects`).' })
  quantity?: number;

  @TimeField({ optional: true, description: 'When the event happened. It counts in the period of this time. Default: now.' })
  occurredAt?: string;

  @TextField({ optional: true, max: 200, description: 'The user or object of the event. A meter with the aggregation `unique` counts distinct subjects.' })
  subject?: string;

  @TextField({ optional: true, max: 200, description: 'The id of the event that this event corrects, entirely or in part' })
  corrects?: string;

  @RecordField({ optional: true, maxBytes: maxMetadataBytes, description: 'Any data to store with the event, up to 4 kB' })
  metadata?: Record<string, unknown>;
}

export class CloudEventDataDto {
  @IntegerField({ optional: true, min: -maxUnits, max: maxUnits, description: 'The number of units. Default: 1. Negative in a correction (`corrects`).' })
  quantity?: number;

  @TextField({ optional: true, max: 200, description: 'The id of the event that this event corrects: its `source` and `id`, joined by `#`' })
  corrects?: string;

  @RecordField({ optional: true, maxBytes: maxMetadataBytes, description: 'Any data to store with the event, up to 4 kB' })
  metadata?: Record<string, unknown>;
}

/** CloudEvents 1.0, JSON format: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export class CloudEventDto {
  @ChoiceField(['1.0'])
  specversion!: string;

  @TextField({ max: 120, description: 'Unique within the source: events with the same `source` and `id` count once' })
  id!: string;

  @TextField({ max: 79, example: '/services/grader' })
  source!: string;

  @TextField({ max: 64, description: 'The key of the meter', example: 'openai_tokens' })
  type!: string;

  @TextField({ optional: true, max: 200 })
  subject?: string;

  @TimeField({ optional: true, description: 'When the event happened. Default: now.' })
  time?: string;

  @ChoiceField(['application/json'], { optional: true })
  datacontenttype?: string;

  @UrlField({ optional: true })
  dataschema?: string;

  @ObjectField(() => CloudEventDataDto, { optional: true })
  data?: CloudEventDataDto;
}

export class ReportUsageDto {
  @ListField(() => UsageEventDto, { optional: true, min: 1, max: 1000, description: '1 to 1000 events' })
  events?: UsageEventDto[];

  @ListField(() => CloudEventDto, { optional: true, min: 1, max: 1000, description: 'The array of a body of type `application/cloudevents-batch+json`. 1 to 1000 events.' })
  cloudEvents?: CloudEventDto[];
}

export class EventsReceiptDto {
  @IntegerField({ min: 0, max: 1000, description: 'The number of events that this call recorded' })
  accepted!: number;

  @IntegerField({ min: 0, max: 1000, description: 'The number of events that had been recorded before' })
  repeated!: number;
}

const timeOf = (time: string | undefined): Date | undefined => (time === undefined ? undefined : new Date(time));

/** Returns the events of a body, in either format. */
export function reportedEvents({ events = [], cloudEvents = [] }: ReportUsageDto): ReportedEvent[] {
  return [
    ...events.map(({ occurredAt, quantity = 1, ...event }) => ({ ...event, quantity, occurredAt: timeOf(occurredAt) })),
    ...cloudEvents.map(({ id, source, type, subject, time, data: { quantity = 1, corrects, metadata } = {} }) => ({
      id: `${source}#${id}`,
      meter: type,
      quantity,
      occurredAt: timeOf(time),
      subject,
      corrects,
      metadata,
    })),
  ];
}
