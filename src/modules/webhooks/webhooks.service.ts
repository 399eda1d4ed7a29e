import { Injectable } from '@nestjs/common';
import { beyondCeiling } from '../../access/permission-ceiling.js';
import { defaultOverlap } from '../../access/principal/key-terms.js';
import { Clock } from '../../common/clock.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import type { Webhook } from '../../generated/prisma/client.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { AuditChainService } from '../audit/hash-chain/audit-chain.service.js';
import { EventStreamsService, type FindReaders } from '../events/event-streams.service.js';
import { EventTypesService } from '../events/event-types.service.js';
import { WebhookPartsService } from './webhook-parts.service.js';
import { EventTypeNotPermittedError, TooManyWebhooksError } from './webhooks.errors.js';
import {
  toWebhookDto,
  type CreateWebhookDto,
  type ListWebhooksQuery,
  type RotateWebhookSecretDto,
  type UpdateWebhookDto,
  type WebhookDto,
  type WebhookRow,
  type WebhookSecretDto,
} from './webhooks.dto.js';

/** The webhooks of an organization at most, and those of the platform. */
export const maxWebhooks = 20;
const withQueue = { queue: { select: { failingSince: true } } } as const;

/** Manages the webhooks of an organization. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
    private readonly chains: AuditChainService,
    private readonly streams: EventStreamsService,
    private readonly types: EventTypesService,
    private readonly parts: WebhookPartsService,
    private readonly clock: Clock,
  ) {
    // A webhook reads the events of its organization.
    streams.keepOpen(findOrganizationsWithWebhooks);
  }

  async listWebhooks(request: ListWebhooksQuery): Promise<Page<WebhookDto>> {
    const filter = request.enabled === undefined ? {} : { enabled: request.enabled };
    const page = await this.pages.list(request, {
      scope: `webhooks ${this.context.organizationId}`,
      defaultSort: 'createdAt',
      fetch: ({ where, orderBy, take }) => this.db.webhook.findMany({ where: { AND: [filter, where] }, orderBy, take, include: withQueue }),
      count: () => this.db.webhook.count({ where: filter }),
    });
    return mapPage(page, (row) => toWebhookDto(row, this.clock.now()));
  }

  /** @throws {NotFoundError} */
  getWebhook(id: string): Promise<WebhookDto> {
    return this.#describe(this.db, id);
  }

  /**
   * The webhook receives the events of changes from now on, of those types that its author may read.
   *
   * @throws {InvalidWebhookUrlError | UnknownEventTypeError | EventTypeNotPermittedError | TooManyWebhooksError}
   */
  async createWebhook(author: WebhookAuthor, { url, eventTypes = [], signature = 'symmetric', ...wanted }: CreateWebhookDto): Promise<WebhookSecretDto> {
    const address = this.parts.checkedUrl(url);
    const types = this.#wantedTypes(eventTypes);
    await this.#openStream();
    return this.db.$transaction(
      async (tx) => {
        if ((await tx.webhook.count()) >= maxWebhooks) throw new TooManyWebhooksError(maxWebhooks);
        const { secret, columns } = this.parts.newKey(signature);
        const data = { ...wanted, url: address, ...types, signature, ...columns, createdById: author.userId, grantedById: author.granterId };
        const [row] = await tx.webhook.createManyAndReturn({ data, select: { id: true } });
        if (row === undefined) throw new NotFoundError();
        // A further receiver of an organization with slow ones first shows that it is not slow.
        await tx.webhookQueue.createMany({ data: { id: row.id, slow: (await tx.webhookQueue.count({ where: { slow: true } })) > 0 } });
        return { ...(await this.#describe(tx, row.id)), secret };
      },
      { locksOrganization: true },
    );
  }

  /**
   * Changes a webhook. Its author is then the caller, who must be able to read what it sent before: deliveries that wait go to the new URL. Only a change that
   * disables or describes it is open to others.
   *
   * @throws {NotFoundError | InvalidWebhookUrlError | UnknownEventTypeError | EventTypeNotPermittedError}
   */
  async updateWebhook(author: WebhookAuthor, id: string, { url, eventTypes, ...changes }: UpdateWebhookDto): Promise<WebhookDto> {
    const address = url === undefined ? {} : { url: this.parts.checkedUrl(url) };
    const wanted = eventTypes === undefined ? undefined : this.#wantedTypes(eventTypes);
    const sends = url !== undefined || eventTypes !== undefined || changes.ordered !== undefined || changes.enabled === true;
    if (changes.enabled === true) await this.#openStream();
    return this.db.$transaction(
      async (tx) => {
        const enabled = changes.enabled === undefined ? {} : { disabledReason: null };
        const granted = sends ? { ...(await this.#typesToSave(tx, id, wanted)), grantedById: author.granterId } : {};
        const [row] = await tx.webhook.updateManyAndReturn({ where: { id }, data: { ...changes, ...enabled, ...address, ...granted } });
        if (row === undefined) throw new NotFoundError();
        const begins = url !== undefined || changes.enabled === true;
        if (begins || changes.enabled === false || changes.ordered !== undefined) {
          // Ends the turn that sends at present: its results say nothing about the webhook as it is now.
          const turn = { turn: null, leasedUntil: null, dueAt: row.enabled ? this.clock.now() : null };
          // `slow` stays until the receiver answers quickly: otherwise, changes of URLs would let slow receivers take the places of all.
          await tx.webhookQueue.updateMany({ where: { id }, data: { ...turn, ...(begins ? { failingSince: null } : {}) } });
        }
        return this.#describe(tx, id);
      },
      { locksOrganization: true },
    );
  }

  /** Deletes a webhook. A request that is under way is not broken off. `PurgeDeliveriesJob` deletes its deliveries, which nobody sees any longer. @throws {NotFoundError} */
  async deleteWebhook(id: string): Promise<void> {
    const { count } = await this.db.webhook.deleteMany({ where: { id } });
    if (count === 0) throw new NotFoundError();
  }

  /** Replaces the secret. Requests are signed with both during the overlap. A secret from an earlier rotation ends. @throws {NotFoundError | EventTypeNotPermittedError} */
  async rotateWebhookSecret(id: string, { overlapSeconds = defaultOverlap }: RotateWebhookSecretDto): Promise<WebhookSecretDto> {
    return this.db.$transaction(
      async (tx) => {
        const webhook = await tx.webhook.findFirst({ where: { id }, select: { signature: true, secret: true, sentTypes: true } });
        if (webhook === null) throw new NotFoundError();
        this.#assertMayRead(webhook.sentTypes);
        const { secret, columns } = this.parts.rotatedKey(webhook, overlapSeconds, this.clock.now());
        await tx.webhook.updateMany({ where: { id }, data: columns });
        return { ...(await this.#describe(tx, id)), secret };
      },
      { locksOrganization: true },
    );
  }

  /** Begins the log of events, with numbers for all earlier events: they are not those of a new webhook. */
  async #openStream(): Promise<void> {
    const { organizationId } = this.context;
    await this.chains.chainEventsOf(organizationId);
    await this.streams.open(organizationId);
    await this.streams.writeEvents(organizationId);
  }

  async #describe(db: Pick<TenantTransaction, 'webhook'>, id: string): Promise<WebhookDto> {
    const row: WebhookRow | null = await db.webhook.findFirst({ where: { id }, include: withQueue });
    if (row === null) throw new NotFoundError();
    return toWebhookDto(row, this.clock.now());
  }

  /** @throws {UnknownEventTypeError | EventTypeNotPermittedError} when a wanted type does not exist, or the caller may read none of the types that it stands for */
  #wantedTypes(wanted: readonly string[]): SavedTypes {
    const eventTypes = this.parts.checkedTypes(wanted);
    for (const type of eventTypes) if (this.#readableTypes([type]).length === 0) this.#assertMayRead(this.parts.typesOf([type]));
    return { eventTypes, sentTypes: this.#readableTypes(eventTypes) };
  }

  /**
   * Returns the types of a webhook that is saved again. Without wanted ones, those that it has are resolved once more: the caller may read others, and a new version
   * has further ones.
   *
   * @throws {NotFoundError | EventTypeNotPermittedError} when the caller may not read all that it has sent so far
   */
  async #typesToSave(tx: TenantTransaction, id: string, wanted: SavedTypes | undefined): Promise<SavedTypes> {
    const saved = await tx.webhook.findFirst({ where: { id }, select: { eventTypes: true, sentTypes: true } });
    if (saved === null) throw new NotFoundError();
    this.#assertMayRead(saved.sentTypes);
    return wanted ?? { eventTypes: saved.eventTypes, sentTypes: this.#readableTypes(saved.eventTypes) };
  }

  #assertMayRead(types: readonly string[]): void {
    const missing = beyondCeiling({ rank: 0, permissions: this.context.tenant.permissions ?? new Set() }, { permissions: this.types.permissionsOf(types) });
    if (missing.length > 0) throw new EventTypeNotPermittedError(missing);
  }

  #readableTypes(wanted: readonly string[]): string[] {
    const readable = new Set(this.types.readableWith(this.context.tenant.permissions ?? new Set()));
    return this.parts.typesOf(wanted).filter((type) => readable.has(type));
  }
}

/** The member or key that saves a webhook. */
export interface WebhookAuthor {
  readonly userId: string | null;
  /** The member whose present permissions limit what it receives: the user, or who granted the key. */
  readonly granterId: string | null;
}

type SavedTypes = Pick<Webhook, 'eventTypes' | 'sentTypes'>;

const findOrganizationsWithWebhooks: FindReaders = async (tx, organizationIds) => {
  const found = await tx.webhook.findMany({ where: { organizationId: { in: [...organizationIds] } }, distinct: ['organizationId'], select: { organizationId: true } });
  return found.map(({ organizationId }) => organizationId);
};
