import { Injectable } from '@nestjs/common';
import { dayOf } from '../../../common/calendar.js';
import { ownerRole } from '../../../access/roles.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Invoice } from '../../../generated/prisma/client.js';
import type { BillingNotice } from '../../mail/mail.templates.js';
import { OutboxService } from '../../mail/outbox.service.js';
import type { LockedSubscription } from '../subscriptions/subscription-store.service.js';
import { formatAmount } from '../terms/money.js';

/** Sends mails about billing to the billing address, or to the owners if there is none. */
@Injectable()
export class BillingMailService {
  constructor(
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    private readonly catalog: Catalog,
  ) {}

  /** @param days until the trial ends */
  async sendTrialReminder(tx: PlatformTransaction, locked: LockedSubscription, days: number): Promise<void> {
    await this.#send(tx, locked, { notice: 'trial_ends', ...this.#trialOf(locked), days });
  }

  async sendTrialEnded(tx: PlatformTransaction, locked: LockedSubscription): Promise<void> {
    await this.#send(tx, locked, { notice: 'trial_ended', ...this.#trialOf(locked) });
  }

  async sendInvoiceOverdue(tx: PlatformTransaction, locked: LockedSubscription, { number, total, currency, dueAt }: Invoice, suspended: boolean): Promise<void> {
    const amount = formatAmount(total, currency, locked.organization.locale);
    await this.#send(tx, locked, {
      notice: 'invoice_overdue',
      organization: locked.organization.name,
      invoice: number,
      amount,
      dueOn: dayOf(dueAt),
      suspended,
    });
  }

  #trialOf({ organization, subscription }: LockedSubscription): { organization: string; plan: string; renews: boolean } {
    const plan = this.catalog.plans.get(subscription.plan)?.name ?? subscription.plan;
    return { organization: organization.name, plan, renews: subscription.renewsAfterTrial };
  }

  async #send(tx: PlatformTransaction, { organization }: LockedSubscription, notice: BillingNotice): Promise<void> {
    const owners = await tx.membership.findMany({ where: { organizationId: organization.id, role: ownerRole }, select: { user: { select: { email: true } } } });
    const recipients = organization.billingEmail === null ? owners.map(({ user }) => user.email) : [organization.billingEmail];
    for (const to of recipients) await this.outbox.addMail(tx, { template: 'billing', to, organizationId: organization.id, data: { ...notice, link: this.config.appUrl } });
  }
}
