import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { mapPage, Pages, type Page } from '../../../common/http/pages/page.js';
import { PlatformDb } from '../../../database/platform-db.js';
import { PlatformPool } from '../../../database/wire/platform-pool.js';
import { readQueueState } from '../sending/webhook-queue.queries.js';
import { toPlatformWebhookDto, type ListPlatformWebhooksQuery, type PlatformWebhookDto, type WebhookHealthDto } from './platform-webhooks.dto.js';

const columns = {
  id: true,
  organizationId: true,
  url: true,
  enabled: true,
  disabledReason: true,
  createdAt: true,
  organization: { select: { name: true } },
  queue: { select: { failingSince: true, dueAt: true } },
} as const;

const isFailing = { queue: { is: { failingSince: { not: null } } } } as const;

/** Shows operators which webhooks of all organizations do not work. */
@Injectable()
export class PlatformWebhooksService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly pool: PlatformPool,
    private readonly pages: Pages,
    private readonly clock: Clock,
  ) {}

  async listWebhooks(request: ListPlatformWebhooksQuery): Promise<Page<PlatformWebhookDto>> {
    const { enabled, failing, organizationId } = request;
    const filter = {
      ...(enabled === undefined ? {} : { enabled }),
      ...(failing === undefined ? {} : failing ? isFailing : { NOT: isFailing }),
      ...(organizationId === undefined ? {} : { organizationId }),
    };
    const page = await this.pages.list(request, {
      scope: 'platform webhooks',
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.webhook.findMany({ where: { AND: [filter, where] }, orderBy, take, select: columns }),
      count: () => this.platform.webhook.count({ where: filter }),
    });
    return mapPage(page, toPlatformWebhookDto);
  }

  async getHealth(): Promise<WebhookHealthDto> {
    const count = (where: object): Promise<number> => this.platform.webhook.count({ where });
    const [enabled, failing, disabledByServer, { pending, oldestDue }] = await Promise.all([
      count({ enabled: true }),
      count({ enabled: true, ...isFailing }),
      count({ disabledReason: { not: null } }),
      readQueueState(this.pool, this.clock.now()),
    ]);
    return { enabled, failing, disabledByServer, pendingDeliveries: pending, oldestDueAt: oldestDue };
  }
}
