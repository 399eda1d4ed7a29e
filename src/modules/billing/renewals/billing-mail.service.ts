import { Injectable } from '@nestjs/common';
import { ownerRole } from '../../../access/roles.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Invoice } from '../../../generated/prisma/client.js';
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
    const inDays = `in ${days} day${days === 1 ? '' : 's'}`;
    await this.#send(tx, locked, `Your trial ends ${inDays}`, [
      `The ${this.#planName(locked)} trial of ${locked.organization.name} ends ${inDays}.`,
      locked.subscription.renewsAfterTrial ? 'Your plan then continues, and you receive an invoice.' : 'Choose a plan to continue.',
    ]);
  }

  async sendTrialEnded(tx: PlatformTransaction, locked: LockedSubscription): Promise<void> {
    const plan = this.#planName(locked);
    await this.#send(tx, locked, 'Your trial has ended', [
      `The ${plan} trial of ${locked.organization.name} has ended.`,
      locked.subscription.renewsAfterTrial ? `${plan} continues. You find the invoice among your invoices.` : 'Choose a plan to keep all of its features.',
    ]);
  }

  async sendInvoiceOverdue(tx: PlatformTransaction, locked: LockedSubscription, { number, total, currency, dueAt }: Invoice, suspended: boolean): Promise<void> {
    const { name } = locked.organization;
    await this.#send(tx, locked, suspended ? `${name} is suspended` : 'An invoice is overdue', [
      `Invoice ${number} for ${formatAmount(Number(total), currency)} was due on ${dueAt.toISOString().slice(0, 10)}.`,
      suspended ? `${name} is suspended until the invoice is paid.` : 'Please pay it to keep access.',
    ]);
  }

  #planName({ subscription }: LockedSubscription): string {
    return this.catalog.plans.get(subscription.plan)?.name ?? subscription.plan;
  }

  async #send(tx: PlatformTransaction, { organization }: LockedSubscription, subject: string, paragraphs: readonly string[]): Promise<void> {
    const owners = await tx.membership.findMany({ where: { organizationId: organization.id, role: ownerRole }, select: { user: { select: { email: true } } } });
    const recipients = organization.billingEmail === null ? owners.map(({ user }) => user.email) : [organization.billingEmail];
    for (const to of recipients)
      await this.outbox.addMail(tx, { template: 'billing', to, organizationId: organization.id, data: { subject, paragraphs, link: this.config.appUrl } });
  }
}
