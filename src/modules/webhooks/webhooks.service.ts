import { Injectable } from '@nestjs/common';
import { defaultOverlap } from '../../access/principal/key-terms.js';
import { Clock } from '../../common/clock.js';
import { SecretBox } from '../../common/crypto/secret-box.js';
import { NotFoundError } from '../../common/errors/app-error.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { AppConfig } from '../../config/app-config.js';
import { TenantDb, type TenantTransaction } from '../../database/tenant-db.js';
import type { WebhookSignature } from '../../generated/prisma/client.js';
import { TenantContext } from '../../tenancy/tenant-context.js';
import { AuditChainService } from '../audit/hash-chain/audit-chain.service.js';
import { EventStreamsService, type FindReaders } from '../events/event-streams.service.js';
import { EventTypesService } from '../events/event-types.service.js';
import { newWebhookKey } from './webhook-keys.js';
import { faultOfWebhookUrl } from './webhook-url.js';
import { InvalidWebhookUrlError, TooManyWebhooksError, UnknownEventTypeError } from './webhooks.errors.js';
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

const maxWebhooks = 20;
const withQueue = { queue: { select: { failingSince: true } } } as const;

/** Manages the webhooks of an organization. */
@Injectable()
export class WebhooksService {
  readonly #box: SecretBox;
  readonly #allowLoopback: boolean;

  constructor(
    private readonly db: TenantDb,
    private readonly context: TenantContext,
    private readonly pages: Pages,
    private readonly chains: AuditChainService,
    private readonly streams: EventStreamsService,
    private readonly types: EventTypesService,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    // A webhook reads the events of its organization.
    streams.keepOpen(findOrganizationsWithWebhooks);
    this.#box = new SecretBox(config.appSecret, 'webhooks', config.previousSecrets);
    this.#allowLoopback = config.webhooksAllowLoopback;
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

  /** The webhook receives the events of changes from now on. @throws {InvalidWebhookUrlError | UnknownEventTypeError | TooManyWebhooksError} */
  async createWebhook(userId: string | null, { url, eventTypes = [], signature = 'symmetric', ...wanted }: CreateWebhookDto): Promise<WebhookSecretDto> {
    const address = this.#checkedUrl(url);
    const types = this.#knownTypes(eventTypes);
    await this.#openStream();
    return this.db.$transaction(
      async (tx) => {
        if ((await tx.webhook.count()) >= maxWebhooks) throw new TooManyWebhooksError(maxWebhooks);
        const { secret, columns } = this.#newKey(signature);
        const data = { ...wanted, url: address, eventTypes: types, signature, ...columns, createdById: userId };
        const [row] = await tx.webhook.createManyAndReturn({ data, select: { id: true } });
        if (row === undefined) throw new NotFoundError();
        await tx.webhookQueue.createMany({ data: { id: row.id } });
        return { ...(await this.#describe(tx, row.id)), secret };
      },
      { locksOrganization: true },
    );
  }

  /** @throws {NotFoundError | InvalidWebhookUrlError | UnknownEventTypeError} */
  async updateWebhook(id: string, { url, eventTypes, ...changes }: UpdateWebhookDto): Promise<WebhookDto> {
    const address = url === undefined ? {} : { url: this.#checkedUrl(url) };
    const types = eventTypes === undefined ? {} : { eventTypes: this.#knownTypes(eventTypes) };
    if (changes.enabled === true) await this.#openStream();
    return this.db.$transaction(
      async (tx) => {
        const enabled = changes.enabled === undefined ? {} : { disabledReason: null };
        const [row] = await tx.webhook.updateManyAndReturn({ where: { id }, data: { ...changes, ...enabled, ...address, ...types } });
        if (row === undefined) throw new NotFoundError();
        const begins = url !== undefined || changes.enabled === true;
        if (begins || changes.enabled === false || changes.ordered !== undefined) {
          // Ends the turn that sends at present: its results say nothing about the webhook as it is now.
          const turn = { turn: null, leasedUntil: null, dueAt: row.enabled ? this.clock.now() : null };
          await tx.webhookQueue.updateMany({ where: { id }, data: { ...turn, ...(begins ? { slow: false, failingSince: null } : {}) } });
        }
        return this.#describe(tx, id);
      },
      { locksOrganization: true },
    );
  }

  /** Deletes a webhook with its deliveries. A request that is under way is not broken off. @throws {NotFoundError} */
  async deleteWebhook(id: string): Promise<void> {
    const { count } = await this.db.webhook.deleteMany({ where: { id } });
    if (count === 0) throw new NotFoundError();
  }

  /** Replaces the secret. Requests are signed with both during the overlap. A secret from an earlier rotation ends. @throws {NotFoundError} */
  async rotateWebhookSecret(id: string, { overlapSeconds = defaultOverlap }: RotateWebhookSecretDto): Promise<WebhookSecretDto> {
    return this.db.$transaction(
      async (tx) => {
        const webhook = await tx.webhook.findFirst({ where: { id }, select: { signature: true, secret: true } });
        if (webhook === null) throw new NotFoundError();
        const { secret, columns } = this.#newKey(webhook.signature);
        const ends = new Date(this.clock.now().getTime() + overlapSeconds * 1000);
        const previous = overlapSeconds > 0 ? { previousSecret: webhook.secret, previousExpiresAt: ends } : { previousSecret: null, previousExpiresAt: null };
        await tx.webhook.updateMany({ where: { id }, data: { ...columns, ...previous } });
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

  /** @returns the columns, and the secret that is shown */
  #newKey(signature: WebhookSignature): { readonly secret: string | null; readonly columns: { readonly secret: Uint8Array<ArrayBuffer>; readonly publicKey: string | null } } {
    const { secret, publicKey } = newWebhookKey(signature);
    return { secret: publicKey === null ? secret : null, columns: { secret: this.#box.seal(secret), publicKey } };
  }

  /** @returns the one spelling of the URL */
  #checkedUrl(text: string): string {
    const fault = faultOfWebhookUrl(text, this.#allowLoopback);
    if (fault !== undefined) throw new InvalidWebhookUrlError(fault);
    return new URL(text).href;
  }

  /** @returns no type for all of them */
  #knownTypes(wanted: readonly string[]): string[] {
    const known = [...this.types.types.keys()];
    for (const type of wanted) {
      const matches = type === '*' || (type.endsWith('.*') ? known.some((each) => each.startsWith(type.slice(0, -1))) : known.includes(type));
      if (!matches) throw new UnknownEventTypeError(type);
    }
    return wanted.includes('*') ? [] : [...new Set(wanted)].toSorted();
  }
}

const findOrganizationsWithWebhooks: FindReaders = async (tx, organizationIds) => {
  const found = await tx.webhook.findMany({ where: { organizationId: { in: [...organizationIds] } }, distinct: ['organizationId'], select: { organizationId: true } });
  return found.map(({ organizationId }) => organizationId);
};
