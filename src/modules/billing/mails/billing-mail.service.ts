import { Injectable } from '@nestjs/common';
import { dayOf } from '../../../common/calendar.js';
import { ownerRole } from '../../../access/roles.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { CreditNote, Invoice, Organization } from '../../../generated/prisma/client.js';
import type { BillingNotice } from '../../mail/mail.templates.js';
import type { MailAttachment } from '../../mail/mail-attachments.service.js';
import { OutboxService } from '../../mail/outbox.service.js';
import type { LockedSubscription } from '../subscriptions/subscription-store.service.js';
import { amountDueNow } from '../terms/documents.policy.js';
import { formatAmount } from '../terms/money.js';

/** Names a document that was just issued. */
export type IssuedDocument = Pick<Invoice | CreditNote, 'organizationId' | 'id'>;

/** An invoice with the credit notes on it that are not void. */
type OverdueInvoice = Invoice & { readonly creditNotes: readonly CreditNote[] };

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

  async sendInvoiceOverdue(tx: PlatformTransaction, locked: LockedSubscription, invoice: OverdueInvoice, suspended: boolean): Promise<void> {
    const { number, currency, dueAt } = invoice;
    const amount = formatAmount(amountDueNow(invoice), currency, locked.organization.locale);
    await this.#send(tx, locked, {
      notice: 'invoice_overdue',
      organization: locked.organization.name,
      invoice: number,
      amount,
      dueOn: dayOf(dueAt),
      suspended,
    });
  }

  /** Mails an invoice that was just issued, with its PDF. Writes no mail for a total of zero. */
  async sendInvoice(tx: PlatformTransaction, { organizationId, id }: IssuedDocument): Promise<void> {
    const { organization, ...invoice } = await tx.invoice.findUniqueOrThrow({
      where: { organizationId_id: { organizationId, id } },
      include: { organization: true, creditNotes: { where: { status: 'issued' } } },
    });
    if (invoice.total === 0n || invoice.status === 'void') return;
    const money = (amount: number | bigint): string => formatAmount(amount, invoice.currency, organization.locale);
    const due = amountDueNow(invoice);
    const notice = { organization: organization.name, invoice: invoice.number, total: money(invoice.total), amount: due === 0 ? null : money(due), dueOn: dayOf(invoice.dueAt) };
    const sent = await this.#sendTo(tx, organization, { notice: 'invoice_issued', ...notice }, { kind: 'invoice', organizationId, id });
    if (sent) await tx.invoice.update({ where: { organizationId_id: { organizationId, id } }, data: { mailedAt: invoice.issuedAt } });
  }

  /** Mails a credit note that was just issued, with its PDF. Writes no mail for a total of zero. */
  async sendCreditNote(tx: PlatformTransaction, { organizationId, id }: IssuedDocument): Promise<void> {
    const where = { organizationId_id: { organizationId, id } };
    const { organization, invoice, ...note } = await tx.creditNote.findUniqueOrThrow({ where, include: { organization: true, invoice: { select: { number: true } } } });
    if (note.total === 0n || note.status === 'void') return;
    const amount = formatAmount(note.total, note.currency, organization.locale);
    const notice = { organization: organization.name, creditNote: note.number, invoice: invoice.number, amount };
    const sent = await this.#sendTo(tx, organization, { notice: 'credit_note_issued', ...notice }, { kind: 'credit_note', organizationId, id });
    if (sent) await tx.creditNote.update({ where, data: { mailedAt: note.issuedAt } });
  }

  #trialOf({ organization, subscription }: LockedSubscription): { organization: string; plan: string; renews: boolean } {
    const plan = this.catalog.plans.get(subscription.plan)?.name ?? subscription.plan;
    return { organization: organization.name, plan, renews: subscription.renewsAfterTrial };
  }

  async #send(tx: PlatformTransaction, { organization }: LockedSubscription, notice: BillingNotice): Promise<void> {
    await this.#sendTo(tx, organization, notice);
  }

  /** @returns whether there was a recipient */
  async #sendTo(tx: PlatformTransaction, organization: Organization, notice: BillingNotice, attachment?: MailAttachment): Promise<boolean> {
    const owners = await tx.membership.findMany({ where: { organizationId: organization.id, role: ownerRole }, select: { user: { select: { email: true } } } });
    const recipients = organization.billingEmail === null ? owners.map(({ user }) => user.email) : [organization.billingEmail];
    const mail = {
      template: 'billing',
      organizationId: organization.id,
      data: { ...notice, link: this.config.appUrl },
      ...(attachment === undefined ? {} : { attachment }),
    } as const;
    await this.outbox.addMails(
      tx,
      recipients.map((to) => ({ ...mail, to })),
    );
    return recipients.length > 0;
  }
}
