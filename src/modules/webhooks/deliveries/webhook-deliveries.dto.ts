import { BooleanField, ChoiceField, choices, IntegerField, ListField, RecordField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import { pageOf, pageQuery } from '../../../common/http/pages/page.js';
import { WebhookDeliveryStatus, WebhookResult, type DomainEvent, type WebhookAttempt, type WebhookDelivery } from '../../../generated/prisma/client.js';
import { webhookBody } from '../webhook-body.js';

const statuses = choices('WebhookDeliveryStatus', Object.values(WebhookDeliveryStatus));
const results = choices('WebhookResult', Object.values(WebhookResult));
const result = {
  description:
    '`accepted`: 2xx. `refused`: another status. `timeout`: no answer within 15 seconds. `unreachable`: no connection, or it was closed. `address_refused`: the host has no public address. `unreadable`: the request could not be made.',
} as const;
const answerStatus = { min: 100, max: 999, nullable: true, example: 503, description: 'The HTTP status of the answer; null without one' } as const;

const maxSequence = 999_999_999;
const sequence = { min: 1, max: maxSequence, description: 'The position of the event in the log' } as const;

export class ListWebhookDeliveriesQuery extends pageQuery(['createdAt']) {
  @ChoiceField(statuses, { optional: true, description: 'Only deliveries with this status' })
  status?: WebhookDeliveryStatus;
}

export class ReplayWebhookDto {
  @IntegerField({ min: 0, max: maxSequence, example: 41, description: 'The `sequence` after which the range begins; 0 for the first event that is kept' })
  after!: number;

  @IntegerField({ ...sequence, optional: true, example: 99, description: 'The `sequence` of the last event of the range. Default: the last event of the log' })
  until?: number;

  @BooleanField({ optional: true, description: 'Whether to send again what was delivered. Default: false' })
  includeDelivered?: boolean;
}

export class WebhookReplayDto {
  @IntegerField({ min: 0, max: 1000, description: 'The number of deliveries that are sent now' })
  deliveries!: number;

  @IntegerField({
    min: 1,
    max: maxSequence,
    nullable: true,
    description: 'Send it as `after` to replay the rest of the range: one call replays at most 1000 events. Null when all is done',
  })
  nextAfter!: number | null;
}

export class WebhookAttemptDto {
  @TimeField({ description: 'The time at which the request began' })
  startedAt!: Date;

  @IntegerField({ min: 0, max: 1_000_000, description: 'The milliseconds until the answer, or until the failure' })
  durationMs!: number;

  @TextField({ max: 2048, example: 'https://example.com/webhooks', description: 'The URL to which it was sent' })
  url!: string;

  @RecordField({
    example: { 'webhook-id': '0191d8a0-0000-7000-8000-000000000001', 'webhook-timestamp': '1795944600', 'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=' },
    description: 'The header fields of the request, by name',
  })
  headers!: object;

  @ChoiceField(results, result)
  result!: WebhookResult;

  @IntegerField(answerStatus)
  status!: number | null;

  @TextField({
    nullable: true,
    min: 0,
    max: 4096,
    multiline: true,
    example: 'upstream not available',
    description: 'The first 4 KiB of the answer, or why there is none; null if nothing is known',
  })
  answer!: string | null;
}

export class WebhookDeliveryDto {
  @UuidField({ description: 'The id of the delivery' })
  id!: string;

  @UuidField({ description: 'The id of the event, which requests have as `webhook-id`' })
  eventId!: string;

  @TextField({ example: 'member.added', description: 'The type of the event' })
  eventType!: string;

  @IntegerField({ ...sequence, nullable: true, description: `${sequence.description}; null for a test event` })
  sequence!: number | null;

  @ChoiceField(statuses, { description: '`pending`: waits for its first or next attempt. `delivered`: the receiver answered 2xx. `failed`: the last attempt has failed' })
  status!: WebhookDeliveryStatus;

  @IntegerField({ min: 0, max: 10, description: 'The number of attempts since the creation, or the last replay' })
  attempts!: number;

  @TimeField({ nullable: true, description: 'The time from which on the next attempt is made; null if none is' })
  nextAttemptAt!: Date | null;

  @ChoiceField(results, { ...result, nullable: true, description: `The result of the last attempt; null before the first. ${result.description}` })
  lastResult!: WebhookResult | null;

  @IntegerField({ ...answerStatus, description: 'The HTTP status of the last answer; null without one' })
  lastStatus!: number | null;

  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;

  @TimeField({ nullable: true, description: 'The time at which it was delivered or has failed; null while it is pending' })
  endedAt!: Date | null;
}

export class WebhookDeliveryPageDto extends pageOf(WebhookDeliveryDto) {}

export class WebhookDeliveryDetailsDto extends WebhookDeliveryDto {
  @TextField({
    max: 1_000_000,
    multiline: true,
    example: '{"id":"0191d8a0-0000-7000-8000-000000000001","sequence":42,"type":"member.added"}',
    description: 'The body of its requests, as it is sent and signed',
  })
  body!: string;

  @ListField(() => WebhookAttemptDto, { description: 'The attempts, latest first: at most 50' })
  log!: WebhookAttemptDto[];
}

/** The attempts of a delivery, latest first. */
export const latestFirst = (take: number) => ({ orderBy: { startedAt: 'desc' }, take }) as const;

export function toWebhookDeliveryDto(row: WebhookDelivery & { readonly log: readonly Pick<WebhookAttempt, 'result' | 'status'>[] }): WebhookDeliveryDto {
  const { id, eventId, eventType, sequence: position, status, attempts, nextAttemptAt, createdAt, endedAt, log } = row;
  const [last] = log;
  return {
    id,
    eventId,
    eventType,
    sequence: position === null ? null : Number(position),
    status,
    attempts,
    nextAttemptAt: status === 'pending' ? nextAttemptAt : null,
    lastResult: last?.result ?? null,
    lastStatus: last?.status ?? null,
    createdAt,
    endedAt,
  };
}

export function toWebhookDeliveryDetailsDto(row: WebhookDelivery & { readonly log: readonly WebhookAttempt[]; readonly event: DomainEvent }): WebhookDeliveryDetailsDto {
  const log = row.log.map(({ startedAt, durationMs, url, headers, result: outcome, status, answer }) => {
    return { startedAt, durationMs, url, headers: headers as object, result: outcome, status, answer };
  });
  return { ...toWebhookDeliveryDto(row), body: webhookBody(row.event), log };
}
