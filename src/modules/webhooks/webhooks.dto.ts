import { longestOverlap } from '../../access/principal/key-terms.js';
import { BooleanField, BooleanQueryField, ChoiceField, choices, IntegerField, secretExample, TextField, TextListField, TimeField, UuidField } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import { WebhookEnd, WebhookSignature, type Webhook, type WebhookQueue } from '../../generated/prisma/client.js';

const url = {
  max: 2048,
  example: 'https://example.com/webhooks',
  description: 'The address to which events are sent: `https`, with the port 443 or 8443, without credentials. Its host must have public addresses.',
} as const;
const description = { nullable: true, max: 500, multiline: true, description: 'A text by which people recognize the webhook; null for none' } as const;
const eventTypes = {
  max: 100,
  pattern: /^(?:\*|[a-z][a-z0-9_]*\.(?:\*|[a-z][a-z0-9_]*))$/,
  example: ['member.*', 'team.created'],
  description:
    'The types of events that are sent; `member.*` for all events of members, `*` for all. Both stand for the types whose events its author may read at the time of saving',
} as const;
const ordered = {
  description:
    'Whether events are sent one after another, in the order of their `sequence`. An event that cannot be delivered then holds up later ones until its last attempt, for three days.',
} as const;
const signatures = choices('WebhookSignature', Object.values(WebhookSignature));
const signature = {
  description: '`symmetric` (HMAC-SHA256): you check requests with the secret. `ed25519`: you check them with a public key, which is no secret.',
} as const;

export class ListWebhooksQuery extends pageQuery(['createdAt']) {
  @BooleanQueryField({ optional: true, description: 'Whether to return only webhooks that are enabled, or only those that are not' })
  enabled?: boolean;
}

export class CreateWebhookDto {
  @TextField(url)
  url!: string;

  @TextField({ ...description, optional: true })
  description?: string | null;

  @TextListField({ ...eventTypes, optional: true, description: `${eventTypes.description}, the default` })
  eventTypes?: string[];

  @BooleanField({ optional: true, description: 'Whether events are sent. Default: true' })
  enabled?: boolean;

  @BooleanField({ optional: true, description: `${ordered.description} Default: false` })
  ordered?: boolean;

  @ChoiceField(signatures, { optional: true, description: `${signature.description} Default: \`symmetric\`` })
  signature?: WebhookSignature;
}

export class UpdateWebhookDto {
  @TextField({ ...url, optional: true })
  url?: string;

  @TextField({ ...description, optional: true })
  description?: string | null;

  @TextListField({ ...eventTypes, optional: true })
  eventTypes?: string[];

  @BooleanField({
    optional: true,
    description: 'false: nothing is sent, and events are not kept for the webhook; deliveries that wait continue when it is enabled again. Events from before can be replayed.',
  })
  enabled?: boolean;

  @BooleanField({ ...ordered, optional: true })
  ordered?: boolean;
}

export class RotateWebhookSecretDto {
  @IntegerField({
    optional: true,
    min: 0,
    max: longestOverlap,
    description: 'The number of seconds for which requests are also signed with the present secret. Default: one day (86400). 0 ends it immediately.',
  })
  overlapSeconds?: number;
}

export class WebhookDto {
  @UuidField({ description: 'The id of the webhook' })
  id!: string;

  @TextField(url)
  url!: string;

  @TextField(description)
  description!: string | null;

  @TextListField(eventTypes)
  eventTypes!: string[];

  @BooleanField({ description: 'Whether events are sent' })
  enabled!: boolean;

  @ChoiceField(choices('WebhookDisabledReason', Object.values(WebhookEnd)), {
    nullable: true,
    description:
      'Why the server has disabled the webhook. `gone`: it answered 410. `failing`: no delivery succeeded for five days. `not_permitted`: the member `grantedById` may no longer read all events that it sends. Null when it is enabled, or a member has disabled it.',
  })
  disabledReason!: WebhookEnd | null;

  @BooleanField(ordered)
  ordered!: boolean;

  @ChoiceField(signatures, signature)
  signature!: WebhookSignature;

  @TextField({
    nullable: true,
    example: 'whpk_wH4sFv1kQ0m2yXr8bT6cJpN3LzDgU5eA7iOoKqWtYhE=',
    description: 'The public key with which you check requests; null for a symmetric signature',
  })
  publicKey!: string | null;

  @TimeField({ nullable: true, description: 'Until when requests are also signed with the secret before the last rotation; null when they are not' })
  previousSecretExpiresAt!: Date | null;

  @TimeField({ nullable: true, description: 'The first failed attempt since the last successful one; null after a success' })
  failingSince!: Date | null;

  @UuidField({
    nullable: true,
    description: 'The user whose permissions limit what the webhook sends: who saved it last, or who granted the API key that did. Null if none did',
  })
  grantedById!: string | null;

  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;
}

export class WebhookPageDto extends pageOf(WebhookDto) {}

export class WebhookSecretDto extends WebhookDto {
  @TextField({
    nullable: true,
    example: `whsec_${secretExample}=`,
    description: 'The secret with which you check requests. Only this response contains it. Null for `ed25519`: use `publicKey`.',
  })
  secret!: string | null;
}

/** A webhook with the part of its queue that people see. */
export type WebhookRow = Omit<Webhook, 'organizationId'> & { readonly queue: Pick<WebhookQueue, 'failingSince'> | null };

export function toWebhookDto(row: WebhookRow, now: Date): WebhookDto {
  const { id, url: address, description: text, enabled, disabledReason, ordered: inOrder, signature: way, publicKey, previousExpiresAt, grantedById, createdAt, updatedAt } = row;
  return {
    id,
    url: address,
    description: text,
    eventTypes: row.eventTypes.length === 0 ? ['*'] : row.eventTypes,
    enabled,
    disabledReason,
    ordered: inOrder,
    signature: way,
    publicKey,
    previousSecretExpiresAt: previousExpiresAt !== null && previousExpiresAt > now ? previousExpiresAt : null,
    failingSince: row.queue?.failingSince ?? null,
    grantedById,
    createdAt,
    updatedAt,
  };
}
