import { Injectable } from '@nestjs/common';
import { dayOf } from '../../../common/calendar.js';
import { ownerRole } from '../../../access/roles.js';
import { AppConfig } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { CreditNote, Invoice, Organization } from '../../../generated/prisma/client.js';
import type { BillingNotice, MailMoney } from '../../mail/mail.templates.js';
import type { MailAttachment } from '../../mail/mail-attachments.service.js';
import { OutboxService } from '../../mail/outbox.service.js';
import type { LockedSubscription } from '../subscriptions/subscription-store.service.js';
import { amountDueNow } from '../terms/documents.policy.js';

/** A mail with a document that has no number yet. */
export interface DocumentMail {
  readonly document: MailAttachment;
  readonly recipients: readonly string[];
  /** Returns what the mail says. @param numbers of the documents that were issued with it, by id */
  readonly noticeFor: (numbers: ReadonlyMap<string, string>) => BillingNotice;
}

const mailsPerStatement = 1000;

const moneyOf = (amount: number | bigint, currency: string): MailMoney => ({ amount: String(amount), currency });

/** An invoice with the credit notes on it that are not void. */
type OverdueInvoice = Invoice & { readonly creditNotes: readonly CreditNote[] };

/** Sends mails about billing. */
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
    await this.#send(tx, locked, {
      notice: 'invoice_overdue',
      organization: locked.organization.name,
      invoice: number,
      amount: moneyOf(amountDueNow(invoice), currency),
      dueOn: dayOf(dueAt),
      suspended,
    });
  }

  /** Prepares the mails with documents that were just issued. A document with a total of zero has none. */
  async prepareMails(tx: PlatformTransaction, documents: readonly MailAttachment[]): Promise<readonly DocumentMail[]> {
    const prepared: DocumentMail[] = [];
    for (const document of documents) {
      const mail = document.kind === 'invoice' ? await this.#prepareInvoice(tx, document) : await this.#prepareCreditNote(tx, document);
      if (mail !== undefined) prepared.push(mail);
    }
    return prepared;
  }

  /** Mails documents with their PDF. @param numbers by the id of the document */
  async sendDocuments(tx: PlatformTransaction, mails: readonly DocumentMail[], numbers: ReadonlyMap<string, string>): Promise<void> {
    const outgoing = mails.flatMap(({ document, recipients, noticeFor }) => {
      const mail = {
        template: 'billing',
        organizationId: document.organizationId,
        data: { ...noticeFor(numbers), link: this.config.appUrl },
        attachment: document,
        about: { subject: document.kind, id: document.id },
      } as const;
      return recipients.map((to) => ({ ...mail, to }));
    });
    for (let at = 0; at < outgoing.length; at += mailsPerStatement) await this.outbox.addMails(tx, outgoing.slice(at, at + mailsPerStatement));
  }

  async #prepareInvoice(tx: PlatformTransaction, document: MailAttachment): Promise<DocumentMail | undefined> {
    const { organizationId, id } = document;
    const where = { organizationId_id: { organizationId, id } };
    const { organization, ...invoice } = await tx.invoice.findUniqueOrThrow({ where, include: { organization: true, creditNotes: { where: { status: 'issued' } } } });
    if (invoice.total === 0n || invoice.status === 'void') return undefined;
    const recipients = await this.#recipientsOf(tx, organization);
    const money = (amount: number | bigint): MailMoney => moneyOf(amount, invoice.currency);
    const due = amountDueNow(invoice);
    const notice = { organization: organization.name, total: money(invoice.total), amount: due === 0 ? null : money(due), dueOn: dayOf(invoice.dueAt) };
    return { document, recipients, noticeFor: (numbers) => ({ notice: 'invoice_issued', ...notice, invoice: numbers.get(id) ?? '' }) };
  }

  async #prepareCreditNote(tx: PlatformTransaction, document: MailAttachment): Promise<DocumentMail | undefined> {
    const { organizationId, id } = document;
    const where = { organizationId_id: { organizationId, id } };
    const { organization, invoice, ...note } = await tx.creditNote.findUniqueOrThrow({ where, include: { organization: true, invoice: { select: { id: true, number: true } } } });
    if (note.total === 0n || note.status === 'void') return undefined;
    const recipients = await this.#recipientsOf(tx, organization);
    const notice = { organization: organization.name, amount: moneyOf(note.total, note.currency) };
    const noticeFor: DocumentMail['noticeFor'] = (numbers) => ({
      notice: 'credit_note_issued',
      ...notice,
      creditNote: numbers.get(id) ?? '',
      invoice: numbers.get(invoice.id) ?? invoice.number,
    });
    return { document, recipients, noticeFor };
  }

  #trialOf({ organization, subscription }: LockedSubscription): { organization: string; plan: string; renews: boolean } {
    const plan = this.catalog.plans.get(subscription.plan)?.name ?? subscription.plan;
    return { organization: organization.name, plan, renews: subscription.renewsAfterTrial };
  }

  async #send(tx: PlatformTransaction, { organization }: LockedSubscription, notice: BillingNotice): Promise<void> {
    const mail = { template: 'billing', organizationId: organization.id, data: { ...notice, link: this.config.appUrl } } as const;
    const recipients = await this.#recipientsOf(tx, organization);
    await this.outbox.addMails(
      tx,
      recipients.map((to) => ({ ...mail, to })),
    );
  }

  /** Returns the billing address; without one the owners; without owners the address of the organization. */
  async #recipientsOf(tx: PlatformTransaction, { id, billingEmail, email }: Organization): Promise<readonly string[]> {
    if (billingEmail !== null) return [billingEmail];
    const owners = await tx.membership.findMany({ where: { organizationId: id, role: ownerRole }, select: { user: { select: { email: true } } } });
    if (owners.length > 0) return owners.flatMap(({ user }) => user.email ?? []);
    return email === null ? [] : [email];
  }
}
