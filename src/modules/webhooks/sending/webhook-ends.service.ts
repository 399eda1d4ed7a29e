import { Injectable, Logger } from '@nestjs/common';
import { PlatformDb } from '../../../database/platform-db.js';
import type { WebhookEnd } from '../../../generated/prisma/client.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { WebhookCountsService } from './webhook-counts.service.js';
import type { WebhookTurn } from './webhook-queue.queries.js';

/** Disables webhooks that do not work. */
@Injectable()
export class WebhookEndsService {
  readonly #logger = new Logger(WebhookEndsService.name);

  constructor(
    private readonly platform: PlatformDb,
    private readonly outbox: OutboxService,
    private readonly counts: WebhookCountsService,
  ) {}

  /** Disables the webhook of a turn, unless a member has changed it meanwhile, and informs the owners by mail. Its deliveries wait until it is enabled again. */
  async disable({ organizationId, id, turn, url }: WebhookTurn, reason: WebhookEnd): Promise<void> {
    const disabled = await this.platform.$transaction(async (tx) => {
      const where = { organizationId, id, enabled: true, queue: { turn } };
      const { count } = await tx.webhook.updateMany({ where, data: { enabled: false, disabledReason: reason } });
      if (count === 0) return false;
      await tx.webhookQueue.updateMany({ where: { organizationId, id }, data: { turn: null, leasedUntil: null, dueAt: null } });
      const { name } = await tx.organization.findFirstOrThrow({ where: { id: organizationId }, select: { name: true } });
      await this.outbox.addMailToOwners(tx, { template: 'webhook-disabled', organizationId, data: { organization: name, webhook: url, change: reason } });
      return true;
    });
    if (!disabled) return;
    this.counts.countDisabled(reason);
    this.#logger.log({ organizationId, webhookId: id, reason }, 'a webhook was disabled');
  }
}
