import type { BodySchema } from '../../../common/http/bodies/other-bodies.decorator.js';
import { maxUnits } from '../metering/units.js';

const text = { type: ['string', 'null'] };

const data: BodySchema = {
  title: 'CloudEventData',
  type: ['object', 'null'],
  properties: {
    quantity: {
      type: ['number', 'null'],
      minimum: -maxUnits,
      maximum: maxUnits,
      description: 'The number of units, with at most the decimals of the meter. Default, also for null: 1. Negative in a correction (`corrects`).',
      example: 2,
    },
    corrects: { ...text, description: 'The id of the event of the same source that this event corrects, entirely or in part; null for none' },
    metadata: { type: ['object', 'null'], additionalProperties: true, description: 'Any data to store with the event, up to 4 kB; null for none' },
  },
};

/** A CloudEvent as the server reads it: `cloud-events.ts` says what it refuses. */
export const cloudEventSchema: BodySchema = {
  title: 'CloudEvent',
  type: 'object',
  description: 'A usage event as a CloudEvent 1.0, in the JSON format. Other attributes are accepted, and not stored.',
  properties: {
    specversion: { type: 'string', enum: ['1.0'], description: 'The version of CloudEvents' },
    id: { type: 'string', minLength: 1, maxLength: 1024, description: 'Your id of the event. Events with the same source and id count once.', example: 'quiz-4711' },
    source: { type: 'string', minLength: 1, maxLength: 1024, description: 'The part of your product that reports the event', example: '/grading' },
    type: { type: 'string', minLength: 1, description: 'The key of a counter, except for one that tenantry counts itself, such as requests', example: 'quizzes' },
    time: {
      ...text,
      format: 'date-time',
      description:
        'When the event happened. It counts in the period of this time. At most `usage.lateDays` of the catalog in the past (7 days by default), and five minutes in the future. Default, also for null: the time at which it is recorded.',
      example: '2026-11-21T09:30:00.000Z',
    },
    subject: { ...text, maxLength: 1024, description: 'The user or object of the event; null for none. A meter with the aggregation `unique` counts distinct subjects.' },
    datacontenttype: { ...text, description: 'A type of JSON, such as `application/json`, which is the default, also for null' },
    dataschema: { ...text, description: 'An absolute URI, or null. It is not stored.' },
    data: { description: 'The quantity of the event, and what belongs to it', allOf: [data] },
    data_base64: { ...text, description: 'The data as JSON in UTF-8, encoded with Base64, instead of `data`; null for none' },
  },
  required: ['specversion', 'id', 'source', 'type'],
  additionalProperties: true,
};

/** A body of the content type `application/cloudevents-batch+json`. */
export const cloudEventBatchSchema: BodySchema = { type: 'array', maxItems: 1000, items: cloudEventSchema };
