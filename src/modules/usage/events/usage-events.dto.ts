import { ChoiceField, IntegerField, ListField, ObjectField, RecordField, TextField, TimeField, UrlField } from '../../../common/http/fields.js';
import { maxMetadataBytes, maxUnits } from '../metering/units.js';
import type { ReportedEvent } from './event-recording.service.js';

export class UsageEventDto {
  @TextField({ max: 200, description: 'Your own: an event with the same id counts once, however often it comes' })
  id!: string;

  @TextField({ max: 64, example: 'openai_tokens' })
  meter!: string;

  @IntegerField({ optional: true, min: -maxUnits, max: maxUnits, description: 'Units; 1 when left out; negative together with `corrects`' })
  quantity?: number;

  @TimeField({ optional: true, description: 'When it happened: it counts in that period. Now, when left out' })
  occurredAt?: string;

  @TextField({ optional: true, max: 200, description: 'Whom or what it is for; what `unique` meters count' })
  subject?: string;

  @TextField({ optional: true, max: 200, description: 'The id of the event that this one takes back, wholly or in part' })
  corrects?: string;

  @RecordField({ optional: true, maxBytes: maxMetadataBytes, description: 'Whatever you want to find in the ledger, up to 4 kB' })
  metadata?: Record<string, unknown>;
}

export class CloudEventDataDto {
  @IntegerField({ optional: true, min: -maxUnits, max: maxUnits, description: 'Units; 1 when left out' })
  quantity?: number;

  @TextField({ optional: true, max: 200 })
  corrects?: string;

  @RecordField({ optional: true, maxBytes: maxMetadataBytes, description: 'Up to 4 kB' })
  metadata?: Record<string, unknown>;
}

/** CloudEvents 1.0, JSON format: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export class CloudEventDto {
  @ChoiceField(['1.0'])
  specversion!: string;

  @TextField({ max: 120, description: 'Together with the source it names one event' })
  id!: string;

  @TextField({ max: 79, example: '/services/grader' })
  source!: string;

  @TextField({ max: 64, description: 'The meter', example: 'openai_tokens' })
  type!: string;

  @TextField({ optional: true, max: 200 })
  subject?: string;

  @TimeField({ optional: true })
  time?: string;

  @ChoiceField(['application/json'], { optional: true })
  datacontenttype?: string;

  @UrlField({ optional: true })
  dataschema?: string;

  @ObjectField(() => CloudEventDataDto, { optional: true })
  data?: CloudEventDataDto;
}

export class ReportUsageDto {
  @ListField(() => UsageEventDto, { optional: true, min: 1, max: 1000, description: '1 to 1000' })
  events?: UsageEventDto[];

  @ListField(() => CloudEventDto, { optional: true, min: 1, max: 1000, description: 'What a body of type application/cloudevents-batch+json is read as' })
  cloudEvents?: CloudEventDto[];
}

export class EventsReceiptDto {
  @IntegerField({ min: 0, max: 1000, description: 'Events that were counted by this call; they are durable' })
  accepted!: number;

  @IntegerField({ min: 0, max: 1000, description: 'Events that were counted before' })
  repeated!: number;
}

const timeOf = (time: string | undefined): Date | undefined => (time === undefined ? undefined : new Date(time));

/** What a body reports, in either format. */
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
