import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { lockOrganization } from '../../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { PlatformWebhook } from '../../../generated/prisma/client.js';
import { PlatformAccessLogService } from '../../audit/access-log/platform-access-log.service.js';
import { deliveriesWithLast, maxLog, replayDeliveries, replayEvents } from '../deliveries/webhook-deliveries.changes.js';
import { latestFirst, toWebhookDeliveryDetailsDto, toWebhookDeliveryDto, type WebhookReplayDto } from '../deliveries/webhook-deliveries.dto.js';
import { webhooksChannel } from '../sending/webhook-queue.queries.js';
import { testEventType } from '../webhook-body.js';
import { WebhookDisabledError } from '../webhooks.errors.js';
import type { ListEventEndpointDeliveriesQuery, EventEndpointDeliveryDetailsDto, EventEndpointDeliveryDto, ReplayEventEndpointDto } from './event-endpoint-deliveries.dto.js';

/** Shows the deliveries of webhooks of the platform, and makes further ones. */
@Injectable()
export class EventEndpointDeliveriesService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly accessLog: PlatformAccessLogService,
    private readonly pages: Pages,
    private readonly clock: Clock,
  ) {}

  /** @throws {NotFoundError} */
  async listDeliveries(webhookId: string, request: ListEventEndpointDeliveriesQuery): Promise<Page<EventEndpointDeliveryDto>> {
    await this.#findWebhook(this.platform, webhookId);
    const filter = {
      webhookId,
      ofPlatform: true,
      ...(request.organizationId === undefined ? {} : { organizationId: request.organizationId }),
      ...(request.status === undefined ? {} : { status: request.status }),
    };
    const page = await this.pages.list(request, {
      scope: `deliveries of the platform ${webhookId}`,
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.webhookDelivery.findMany({ where: { AND: [filter, where] }, orderBy, take, include: deliveriesWithLast }),
      count: () => this.platform.webhookDelivery.count({ where: filter }),
    });
    return mapPage(page, (row) => ({ ...toWebhookDeliveryDto(row), organizationId: row.organizationId }));
  }

  /** @throws {NotFoundError} */
  async getDelivery(webhookId: string, id: string): Promise<EventEndpointDeliveryDetailsDto> {
    await this.#findWebhook(this.platform, webhookId);
    const where = { id, webhookId, organizationId: await this.#organizationOf(this.platform, id) };
    const row = await this.platform.webhookDelivery.findFirst({ where, include: { log: latestFirst(maxLog), event: true } });
    if (row === null) throw new NotFoundError();
    await this.accessLog.recordOrganizationRead(row.organizationId);
    return { ...toWebhookDeliveryDetailsDto(row), organizationId: row.organizationId };
  }

  /** Sends an event without a position in the log of an organization. @throws {NotFoundError | WebhookDisabledError} */
  async testWebhook(webhookId: string, organizationId: string): Promise<EventEndpointDeliveryDto> {
    return this.platform.$transaction(async (tx) => {
      await this.#enabledWebhook(tx, webhookId);
      if (!(await lockOrganization(tx, organizationId))) throw new NotFoundError();
      const now = this.clock.now();
      const { id: eventId } = await tx.domainEvent.create({ data: { organizationId, type: testEventType, occurredAt: now, data: { webhookId } }, select: { id: true } });
      const delivery = await tx.webhookDelivery.create({ data: { organizationId, webhookId, ofPlatform: true, eventId, eventType: testEventType, nextAttemptAt: now } });
      await this.#wake(tx, webhookId, organizationId);
      return { ...toWebhookDeliveryDto({ ...delivery, log: [] }), organizationId };
    });
  }

  /** Sends an event again, with all attempts. @throws {NotFoundError | WebhookDisabledError} */
  async replayDelivery(webhookId: string, id: string): Promise<EventEndpointDeliveryDto> {
    return this.platform.$transaction(async (tx) => {
      await this.#enabledWebhook(tx, webhookId);
      const where = { id, webhookId, organizationId: await this.#organizationOf(tx, id) };
      await replayDeliveries(tx, where, this.clock.now());
      const row = await tx.webhookDelivery.findFirst({ where, include: deliveriesWithLast });
      if (row === null) throw new NotFoundError();
      const { organizationId } = row;
      await this.#wake(tx, webhookId, organizationId);
      return { ...toWebhookDeliveryDto(row), organizationId };
    });
  }

  /** Sends the events of a range in the log of an organization that were not delivered. @throws {NotFoundError | WebhookDisabledError} */
  async replayRange(webhookId: string, { organizationId, ...range }: ReplayEventEndpointDto): Promise<WebhookReplayDto> {
    return this.platform.$transaction(async (tx) => {
      const { sentTypes } = await this.#enabledWebhook(tx, webhookId);
      if (!(await lockOrganization(tx, organizationId))) throw new NotFoundError();
      const type = sentTypes.length === 0 ? {} : { type: { in: sentTypes } };
      const result = await replayEvents(tx, { owner: { organizationId }, webhook: { webhookId, ofPlatform: true }, type, range, now: this.clock.now() });
      await this.#wake(tx, webhookId, organizationId);
      return result;
    });
  }

  /** Reads an index that has the deliveries of the platform alone: the condition must be no parameter. @throws {NotFoundError} */
  async #organizationOf(db: Pick<PlatformTransaction, '$queryRaw'>, id: string): Promise<string> {
    const [row] = await db.$queryRaw<{ organizationId: string }[]>`select organization_id::text as "organizationId" from webhook_deliveries where id = ${id}::uuid and of_platform`;
    if (row === undefined) throw new NotFoundError();
    return row.organizationId;
  }

  async #wake(tx: PlatformTransaction, id: string, organizationId: string): Promise<void> {
    const dueAt = this.clock.now();
    await tx.platformWebhookQueue.upsert({ where: { organizationId_id: { organizationId, id } }, create: { organizationId, id, dueAt }, update: { dueAt } });
    await tx.$executeRaw`select pg_notify(${webhooksChannel}, '')`;
  }

  /** @throws {NotFoundError} */
  async #findWebhook(db: Pick<PlatformTransaction, 'platformWebhook'>, id: string): Promise<Pick<PlatformWebhook, 'enabled' | 'sentTypes'>> {
    const webhook = await db.platformWebhook.findUnique({ where: { id }, select: { enabled: true, sentTypes: true } });
    if (webhook === null) throw new NotFoundError();
    return webhook;
  }

  /** @throws {NotFoundError | WebhookDisabledError} */
  async #enabledWebhook(tx: PlatformTransaction, id: string): Promise<Pick<PlatformWebhook, 'sentTypes'>> {
    const webhook = await this.#findWebhook(tx, id);
    if (!webhook.enabled) throw new WebhookDisabledError();
    return webhook;
  }
}
