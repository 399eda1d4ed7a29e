import { Injectable } from '@nestjs/common';
import { defaultOverlap } from '../../../access/principal/key-terms.js';
import { Clock } from '../../../common/clock.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { WebhookPartsService } from '../webhook-parts.service.js';
import {
  toWebhookDto,
  type CreateWebhookDto,
  type ListWebhooksQuery,
  type RotateWebhookSecretDto,
  type UpdateWebhookDto,
  type WebhookDto,
  type WebhookSecretDto,
} from '../webhooks.dto.js';
import { TooManyWebhooksError } from '../webhooks.errors.js';
import { maxWebhooks } from '../webhooks.service.js';

const withHealth = { health: { select: { failingSince: true } } } as const;

/** Manages the webhooks of the platform, which receive the events of all organizations. Those of organizations that read no events are written for them, too. */
@Injectable()
export class EventEndpointsService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly pages: Pages,
    private readonly parts: WebhookPartsService,
    private readonly clock: Clock,
  ) {}

  async listWebhooks(request: ListWebhooksQuery): Promise<Page<WebhookDto>> {
    const filter = request.enabled === undefined ? {} : { enabled: request.enabled };
    const page = await this.pages.list(request, {
      scope: 'webhooks of the platform',
      defaultSort: 'createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.platformWebhook.findMany({ where: { AND: [filter, where] }, orderBy, take, include: withHealth }),
      count: () => this.platform.platformWebhook.count({ where: filter }),
    });
    return mapPage(page, ({ health, ...row }) => toWebhookDto({ ...row, queue: health }, this.clock.now()));
  }

  /** @throws {NotFoundError} */
  getWebhook(id: string): Promise<WebhookDto> {
    return this.#describe(this.platform, id);
  }

  /** The webhook receives the events of changes from now on. @throws {InvalidWebhookUrlError | UnknownEventTypeError | TooManyWebhooksError} */
  async createWebhook(operatorId: string, { url, eventTypes = [], signature = 'symmetric', ...wanted }: CreateWebhookDto): Promise<WebhookSecretDto> {
    const address = this.parts.checkedUrl(url);
    const types = this.#wantedTypes(eventTypes);
    return this.platform.$transaction(async (tx) => {
      await tx.$executeRaw`lock table platform_webhooks in share row exclusive mode`;
      if ((await tx.platformWebhook.count()) >= maxWebhooks) throw new TooManyWebhooksError(maxWebhooks);
      const { secret, columns } = this.parts.newKey(signature);
      const data = { ...wanted, url: address, ...types, signature, ...columns, createdById: operatorId, grantedById: operatorId };
      const { id } = await tx.platformWebhook.create({ data, select: { id: true } });
      await tx.platformWebhookHealth.create({ data: { id } });
      return { ...(await this.#describe(tx, id)), secret };
    });
  }

  /** Changes a webhook. With a change of what it sends, it is then a grant of the operator. @throws {NotFoundError | InvalidWebhookUrlError | UnknownEventTypeError} */
  async updateWebhook(operatorId: string, id: string, { url, eventTypes, ...changes }: UpdateWebhookDto): Promise<WebhookDto> {
    const address = url === undefined ? {} : { url: this.parts.checkedUrl(url) };
    const types = eventTypes === undefined ? {} : this.#wantedTypes(eventTypes);
    const sends = url !== undefined || eventTypes !== undefined || changes.ordered !== undefined || changes.enabled === true;
    const enabled = changes.enabled === undefined ? {} : { disabledReason: null };
    const granted = sends ? { grantedById: operatorId } : {};
    return this.platform.$transaction(async (tx) => {
      const [row] = await tx.platformWebhook.updateManyAndReturn({ where: { id }, data: { ...changes, ...enabled, ...address, ...types, ...granted } });
      if (row === undefined) throw new NotFoundError();
      const begins = url !== undefined || changes.enabled === true;
      if (begins) await tx.platformWebhookHealth.updateMany({ where: { id }, data: { failingSince: null } });
      // Ends the turns that send at present: their results say nothing about the webhook as it is now.
      const turn = { turn: null, leasedUntil: null, dueAt: row.enabled ? this.clock.now() : null };
      if (begins || changes.enabled === false || changes.ordered !== undefined) await tx.platformWebhookQueue.updateMany({ where: { id }, data: turn });
      return this.#describe(tx, id);
    });
  }

  /** Deletes a webhook. `PurgeDeliveriesJob` deletes its deliveries. @throws {NotFoundError} */
  async deleteWebhook(id: string): Promise<void> {
    const { count } = await this.platform.platformWebhook.deleteMany({ where: { id } });
    if (count === 0) throw new NotFoundError();
  }

  /** Replaces the secret. Requests are signed with both during the overlap. @throws {NotFoundError} */
  async rotateWebhookSecret(id: string, { overlapSeconds = defaultOverlap }: RotateWebhookSecretDto): Promise<WebhookSecretDto> {
    return this.platform.$transaction(async (tx) => {
      // Otherwise, one of two rotations at a time would answer a secret that the other one has replaced already.
      await tx.$executeRaw`select from platform_webhooks where id = ${id}::uuid for update`;
      const webhook = await tx.platformWebhook.findUnique({ where: { id }, select: { signature: true, secret: true } });
      if (webhook === null) throw new NotFoundError();
      const { secret, columns } = this.parts.rotatedKey(webhook, overlapSeconds, this.clock.now());
      await tx.platformWebhook.updateMany({ where: { id }, data: columns });
      return { ...(await this.#describe(tx, id)), secret };
    });
  }

  async #describe(db: Pick<PlatformTransaction, 'platformWebhook'>, id: string): Promise<WebhookDto> {
    const found = await db.platformWebhook.findUnique({ where: { id }, include: withHealth });
    if (found === null) throw new NotFoundError();
    const { health, ...row } = found;
    return toWebhookDto({ ...row, queue: health }, this.clock.now());
  }

  /** Operators read all events: all types are those of later versions, too. @throws {UnknownEventTypeError} */
  #wantedTypes(wanted: readonly string[]): { readonly eventTypes: string[]; readonly sentTypes: string[] } {
    const eventTypes = this.parts.checkedTypes(wanted);
    return { eventTypes, sentTypes: eventTypes.length === 0 ? [] : this.parts.typesOf(eventTypes) };
  }
}
