import { Injectable, Logger } from '@nestjs/common';
import { addressOf } from '../../../access/managed-accounts.js';
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

  /** Disables the webhook of a turn, unless somebody has changed it meanwhile, and informs the owners or operators by mail. Its deliveries wait until it is enabled again. */
  async disable(turn: WebhookTurn, reason: WebhookEnd): Promise<void> {
    if (!(await (turn.ofPlatform ? this.#disableOfPlatform(turn, reason) : this.#disableOfOrganization(turn, reason)))) return;
    this.counts.countDisabled(reason);
    const { id: webhookId, organizationId } = turn;
    this.#logger.log({ webhookId, reason, ...(turn.ofPlatform ? {} : { organizationId }) }, 'a webhook was disabled');
  }

  #disableOfOrganization({ organizationId, id, turn, url }: WebhookTurn, reason: WebhookEnd): Promise<boolean> {
    return this.platform.$transaction(async (tx) => {
      const where = { organizationId, id, enabled: true, queue: { turn } };
      const { count } = await tx.webhook.updateMany({ where, data: { enabled: false, disabledReason: reason } });
      if (count === 0) return false;
      await tx.webhookQueue.updateMany({ where: { organizationId, id }, data: { turn: null, leasedUntil: null, dueAt: null } });
      const { name } = await tx.organization.findFirstOrThrow({ where: { id: organizationId }, select: { name: true } });
      await this.outbox.addMailToOwners(tx, { template: 'webhook-disabled', organizationId, data: { organization: name, webhook: url, change: reason } });
      return true;
    });
  }

  #disableOfPlatform({ organizationId, id, turn, url }: WebhookTurn, reason: WebhookEnd): Promise<boolean> {
    return this.platform.$transaction(async (tx) => {
      const where = { id, enabled: true, queues: { some: { organizationId, turn } } };
      const { count } = await tx.platformWebhook.updateMany({ where, data: { enabled: false, disabledReason: reason } });
      if (count === 0) return false;
      await tx.platformWebhookQueue.updateMany({ where: { id }, data: { turn: null, leasedUntil: null, dueAt: null } });
      const operators = await tx.platformAdmin.findMany({ where: { user: { disabledAt: null } }, select: { user: { select: { email: true } } } });
      await this.outbox.addMails(
        tx,
        operators.map(({ user }) => ({ template: 'platform-webhook-disabled' as const, to: addressOf(user), data: { webhook: url, change: reason } })),
      );
      return true;
    });
  }
}
