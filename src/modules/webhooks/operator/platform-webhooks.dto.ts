import { BooleanField, BooleanQueryField, ChoiceField, choices, IntegerField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import { pageOf, pageQuery } from '../../../common/http/pages/page.js';
import { WebhookEnd, type Organization, type Webhook, type WebhookQueue } from '../../../generated/prisma/client.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class ListPlatformWebhooksQuery extends pageQuery(['createdAt']) {
  @BooleanQueryField({ optional: true, description: 'Whether to return only webhooks that are enabled, or only those that are not' })
  enabled?: boolean;

  @BooleanQueryField({ optional: true, description: 'Whether to return only webhooks whose last attempt has failed, or only those whose last attempt has not' })
  failing?: boolean;

  @UuidField({ optional: true, description: 'Only webhooks of this organization' })
  organizationId?: string;
}

export class PlatformWebhookDto {
  @UuidField({ description: 'The id of the webhook' })
  id!: string;

  @UuidField({ description: 'The organization that the webhook belongs to' })
  organizationId!: string;

  @TextField({ description: 'The name of the organization' })
  organizationName!: string;

  @TextField({ max: 253, example: 'example.com', description: 'The host to which events are sent. The rest of the address can contain secrets.' })
  host!: string;

  @BooleanField({ description: 'Whether events are sent' })
  enabled!: boolean;

  @ChoiceField(choices('WebhookDisabledReason', Object.values(WebhookEnd)), {
    nullable: true,
    description: 'Why the server has disabled the webhook. Null when it is enabled, or a member has disabled it.',
  })
  disabledReason!: WebhookEnd | null;

  @TimeField({ nullable: true, description: 'The first failed attempt since the last successful one; null after a success' })
  failingSince!: Date | null;

  @TimeField({ nullable: true, description: 'When its next delivery is due; null if none waits' })
  nextDeliveryAt!: Date | null;

  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;
}

export class PlatformWebhookPageDto extends pageOf(PlatformWebhookDto) {}

/** A webhook with what its list shows of others. */
export type PlatformWebhookRow = Pick<Webhook, 'id' | 'organizationId' | 'url' | 'enabled' | 'disabledReason' | 'createdAt'> & {
  readonly organization: Pick<Organization, 'name'>;
  readonly queue: Pick<WebhookQueue, 'failingSince' | 'dueAt'> | null;
};

export function toPlatformWebhookDto({ id, organizationId, url, enabled, disabledReason, createdAt, organization, queue }: PlatformWebhookRow): PlatformWebhookDto {
  const [failingSince, nextDeliveryAt] = [queue?.failingSince ?? null, queue?.dueAt ?? null];
  return { id, organizationId, organizationName: organization.name, host: new URL(url).hostname, enabled, disabledReason, failingSince, nextDeliveryAt, createdAt };
}

export class WebhookHealthDto {
  @IntegerField({ ...units, description: 'The number of webhooks that are enabled' })
  enabled!: number;

  @IntegerField({ ...units, description: 'The number of enabled webhooks whose last attempt has failed' })
  failing!: number;

  @IntegerField({ ...units, description: 'The number of webhooks that the server has disabled' })
  disabledByServer!: number;

  @IntegerField({ ...units, description: 'The number of deliveries that wait for their first or next attempt' })
  pendingDeliveries!: number;

  @TimeField({
    nullable: true,
    description: 'Since when the webhook that has waited longest waits for its turn; null if none waits. More than a minute ago: the deliveries are late.',
  })
  oldestDueAt!: Date | null;
}
