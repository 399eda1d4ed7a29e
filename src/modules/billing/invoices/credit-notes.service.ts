import { Injectable } from '@nestjs/common';
import { timeOrderedId } from '../../../common/crypto/time-ordered-id.js';
import type { PlatformTransaction } from '../../../database/transactions.js';
import type { CreditNote } from '../../../generated/prisma/client.js';
import { restCredits, type InvoicedLine } from '../terms/credits.policy.js';
import { amountDueOf, planCreditNotes, type PlannedCreditNote } from '../terms/documents.policy.js';

export interface CreditNoteContent {
  readonly reason: CreditNote['reason'];
  /** The operator's text. */
  readonly note?: string | undefined;
  readonly at: Date;
}

/** Writes credit notes on the invoices of organizations that no payment provider collects from. */
@Injectable()
export class CreditNotesService {
  /**
   * Writes the planned credit notes of a locked organization. An invoice without an amount due is paid.
   * `DocumentNumbersService` numbers them in the last step of the transaction.
   */
  async issueCreditNotes(tx: PlatformTransaction, organizationId: string, planned: readonly PlannedCreditNote[], content: CreditNoteContent): Promise<CreditNote[]> {
    const issued: CreditNote[] = [];
    for (const each of planned) issued.push(await this.#issue(tx, organizationId, each, content));
    return issued;
  }

  /** Gives back the rest of the period of lines that end with a change. */
  giveBackRest(tx: PlatformTransaction, organizationId: string, lines: readonly InvoicedLine[], at: Date): Promise<CreditNote[]> {
    return this.issueCreditNotes(tx, organizationId, planCreditNotes(restCredits(lines, at)), { reason: 'change', at });
  }

  async #issue(tx: PlatformTransaction, organizationId: string, planned: PlannedCreditNote, { reason, note, at }: CreditNoteContent): Promise<CreditNote> {
    const { invoice, credits, tax, total, settled } = planned;
    const id = timeOrderedId(at);
    const issued = await tx.creditNote.create({
      data: {
        organizationId,
        id,
        number: id,
        invoiceId: invoice.id,
        reason,
        note: note ?? null,
        currency: invoice.currency,
        tax: BigInt(tax),
        total: BigInt(total),
        settledDue: BigInt(settled.due),
        settledBalance: BigInt(settled.balance),
        settledRefund: BigInt(settled.refund),
        issuedAt: at,
      },
    });
    const rows = credits.map(({ line, description, amount, period }, position) => ({
      organizationId,
      creditNoteId: id,
      position,
      invoiceLineId: line.id,
      description,
      amount: BigInt(amount),
      periodStart: period?.start ?? null,
      periodEnd: period?.end ?? null,
    }));
    await tx.creditNoteLine.createMany({ data: rows });
    if (settled.due > 0 && amountDueOf({ ...invoice, settledDue: invoice.settledDue + settled.due }) === 0)
      await tx.invoice.update({ where: { organizationId_id: { organizationId, id: invoice.id } }, data: { status: 'paid', paidAt: at } });
    return issued;
  }

  /** Voids the credit notes of an invoice that becomes void: what they have given back was never owed. */
  async voidCreditNotes(tx: PlatformTransaction, organizationId: string, invoiceId: string, at: Date): Promise<void> {
    await tx.creditNote.updateMany({ where: { organizationId, invoiceId, status: 'issued' }, data: { status: 'void', voidedAt: at } });
  }
}
