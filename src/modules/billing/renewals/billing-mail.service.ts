import { Injectable } from '@nestjs/common';
import { ownerRole } from '../../../access/roles.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { Invoice } from '../../../generated/prisma/client.js';
import { OutboxService } from '../../mail/outbox.service.js';
import { formatAmount } from '../terms/money.js';
import type { LockedSubscription } from '../subscriptions/subscription-store.service.js';

/** Writes about money to the billing address, or else to the owners. */
@Injectable()
export class BillingMailService {
  constructor(
    private readonly outbox: OutboxService,
    private readonly config: AppConfig,
    private readonly catalog: Catalog,
  ) {}

  async trialEnds(tx: PlatformTransaction, locked: LockedSubscription, days: number): Promise<void> {
    await this.#write(tx, locked, `Your trial ends in ${days} day${days === 1 ? '' : 's'}`, [
      `The trial of ${this.#planName(locked)} for ${locked.organization.name} ends in ${days} day${days === 1 ? '' : 's'}.`,
      locked.subscription.renewsAfterTrial ? 'It goes on with your plan, and you get an invoice.' : 'Choose a plan to go on.',
    ]);
  }

  async trialEnded(tx: PlatformTransaction, locked: LockedSubscription): Promise<void> {
    const goesOn = locked.subscription.renewsAfterTrial ? `${this.#planName(locked)} goes on; the invoice is among your invoices.` : 'Choose a plan to go on with all that it has.';
    await this.#write(tx, locked, 'Your trial has ended', [`The trial of ${this.#planName(locked)} for ${locked.organization.name} has ended.`, goesOn]);
  }

  async owed(tx: PlatformTransaction, locked: LockedSubscription, { number, total, currency, dueAt }: Invoice, suspended: boolean): Promise<void> {
    const owed = `Invoice ${number} over ${formatAmount(Number(total), currency)} was due on ${dueAt.toISOString().slice(0, 10)}.`;
    const then = suspended ? `${locked.organization.name} is suspended until it is paid.` : 'Please pay it, so that everything stays open.';
    await this.#write(tx, locked, suspended ? `${locked.organization.name} is suspended` : 'An invoice is overdue', [owed, then]);
  }

  #planName({ subscription }: LockedSubscription): string {
    return this.catalog.plans.get(subscription.plan)?.name ?? subscription.plan;
  }

  async #write(tx: PlatformTransaction, { organization }: LockedSubscription, subject: string, paragraphs: readonly string[]): Promise<void> {
    const owners = await tx.membership.findMany({ where: { organizationId: organization.id, role: ownerRole }, select: { user: { select: { email: true } } } });
    const recipients = organization.billingEmail === null ? owners.map(({ user }) => user.email) : [organization.billingEmail];
    for (const to of recipients)
      await this.outbox.addMail(tx, { template: 'billing', to, organizationId: organization.id, data: { subject, paragraphs, link: this.config.appUrl } });
  }
}
