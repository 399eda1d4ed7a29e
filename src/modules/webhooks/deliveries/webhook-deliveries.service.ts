import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { TenantDb, type TenantTransaction } from '../../../database/tenant-db.js';
import type { Prisma, Webhook } from '../../../generated/prisma/client.js';
import { TenantContext } from '../../../tenancy/tenant-context.js';
import { EventTypesService } from '../../events/event-types.service.js';
import { deliveriesWithLast, maxLog, replayDeliveries, replayEvents } from './webhook-deliveries.changes.js';
import { testEventType } from '../webhook-body.js';
import { WebhookDisabledError } from '../webhooks.errors.js';
import {
  latestFirst,
  toWebhookDeliveryDetailsDto,
  toWebhookDeliveryDto,
  type ListWebhookDeliveriesQuery,
  type ReplayWebhookDto,
  type WebhookDeliveryDetailsDto,
  type WebhookDeliveryDto,
  type WebhookReplayDto,
} from './webhook-deliveries.dto.js';

/** Shows the deliveries of a webhook, and makes further ones. */
@Injectable()
export class WebhookDeliveriesService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
    private readonly types: EventTypesService,
    private readonly clock: Clock,
  ) {}

  /** Lists the deliveries of those events that the caller may read. @throws {NotFoundError} */
  async listDeliveries(webhookId: string, request: ListWebhookDeliveriesQuery): Promise<Page<WebhookDeliveryDto>> {
    await this.#findWebhook(this.db, webhookId);
    const filter = { webhookId, ...this.#readable(), ...(request.status === undefined ? {} : { status: request.status }) };
    const page = await this.pages.list(request, {
      scope: `webhook deliveries ${this.context.organizationId} ${webhookId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.db.webhookDelivery.findMany({ where: { AND: [filter, where] }, orderBy, take, include: deliveriesWithLast }),
      count: () => this.db.webhookDelivery.count({ where: filter }),
    });
    return mapPage(page, toWebhookDeliveryDto);
  }

  /** @throws {NotFoundError} */
  async getDelivery(webhookId: string, id: string): Promise<WebhookDeliveryDetailsDto> {
    await this.#findWebhook(this.db, webhookId);
    const row = await this.db.webhookDelivery.findFirst({ where: { id, webhookId, ...this.#readable() }, include: { log: latestFirst(maxLog), event: true } });
    if (row === null) throw new NotFoundError();
    return toWebhookDeliveryDetailsDto(row);
  }

  /** Sends an event without a position in the log. @throws {NotFoundError | WebhookDisabledError} */
  async testWebhook(webhookId: string): Promise<WebhookDeliveryDto> {
    return this.db.$transaction(async (tx) => {
      await this.#enabledWebhook(tx, webhookId);
      const now = this.clock.now();
      const [event] = await tx.domainEvent.createManyAndReturn({ data: { type: testEventType, occurredAt: now, data: { webhookId } }, select: { id: true } });
      if (event === undefined) throw new NotFoundError();
      const [delivery] = await tx.webhookDelivery.createManyAndReturn({ data: { webhookId, eventId: event.id, eventType: testEventType, nextAttemptAt: now } });
      if (delivery === undefined) throw new NotFoundError();
      await this.#wake(tx, webhookId);
      return toWebhookDeliveryDto({ ...delivery, log: [] });
    });
  }

  /** Sends an event again, with all attempts. The result of an attempt that is under way is only noted in the log. @throws {NotFoundError | WebhookDisabledError} */
  async replayDelivery(webhookId: string, id: string): Promise<WebhookDeliveryDto> {
    return this.db.$transaction(async (tx) => {
      await this.#enabledWebhook(tx, webhookId);
      const where = { id, webhookId, ...this.#readable() };
      await replayDeliveries(tx, where, this.clock.now());
      const row = await tx.webhookDelivery.findFirst({ where, include: deliveriesWithLast });
      if (row === null) throw new NotFoundError();
      await this.#wake(tx, webhookId);
      return toWebhookDeliveryDto(row);
    });
  }

  /** Sends the events of a range that were not delivered; also those from a time when the webhook was disabled. @throws {NotFoundError | WebhookDisabledError} */
  async replayRange(webhookId: string, range: ReplayWebhookDto): Promise<WebhookReplayDto> {
    return this.db.$transaction(async (tx) => {
      const { sentTypes } = await this.#enabledWebhook(tx, webhookId);
      const webhook = { webhookId, ofPlatform: false };
      const result = await replayEvents(tx, { owner: {}, webhook, type: { type: { in: sentTypes } }, range, now: this.clock.now() });
      await this.#wake(tx, webhookId);
      return result;
    });
  }

  /** Matches the deliveries of events that the caller may read. A test event says nothing that the webhook does not. */
  #readable(): Prisma.WebhookDeliveryWhereInput {
    const readable = this.types.readableWith(this.context.tenant.permissions ?? new Set());
    return readable.length === this.types.types.size ? {} : { eventType: { in: [...readable, testEventType] } };
  }

  /** A replica that sends to the webhook at present looks for due deliveries when its turn ends. */
  async #wake(tx: TenantTransaction, webhookId: string): Promise<void> {
    await tx.webhookQueue.updateMany({ where: { id: webhookId }, data: { dueAt: this.clock.now() } });
    await tx.$executeRaw`select pg_notify('tenantry_webhooks', '')`;
  }

  /** @throws {NotFoundError} */
  async #findWebhook(db: Pick<TenantTransaction, 'webhook'>, id: string): Promise<Pick<Webhook, 'enabled' | 'sentTypes'>> {
    const webhook = await db.webhook.findFirst({ where: { id }, select: { enabled: true, sentTypes: true } });
    if (webhook === null) throw new NotFoundError();
    return webhook;
  }

  /** @throws {NotFoundError | WebhookDisabledError} */
  async #enabledWebhook(tx: TenantTransaction, id: string): Promise<Pick<Webhook, 'sentTypes'>> {
    const webhook = await this.#findWebhook(tx, id);
    if (!webhook.enabled) throw new WebhookDisabledError();
    return webhook;
  }
}
