import { ChoiceField, IntegerField, ListField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import { pageOf, pageQuery } from '../../../common/http/pages/page.js';
import type { CreditNote, CreditNoteLine, Invoice } from '../../../generated/prisma/client.js';

const amounts = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;

export class ListCreditNotesQuery extends pageQuery(['issuedAt']) {
  @UuidField({ optional: true, description: 'Only credit notes of this invoice' })
  invoiceId?: string;
}

export class CreditNoteLineDto {
  @UuidField({ description: 'The line of the invoice that is credited' })
  invoiceLineId!: string;

  @TextField({ description: 'The text of the line on the document' })
  description!: string;

  @IntegerField({ ...amounts, description: 'In minor units of the currency, without tax' })
  amount!: number;

  @TimeField({ nullable: true, description: 'The beginning of the time that is given back; null unless the reason is `change`' })
  periodStart!: Date | null;

  @TimeField({ nullable: true, description: 'The end of this time; null unless the reason is `change`' })
  periodEnd!: Date | null;
}

export class CreditNoteDto {
  @UuidField({ description: 'The id of the credit note' })
  id!: string;

  @TextField({ example: 'CN-000007', description: 'The number on the document' })
  number!: string;

  @ChoiceField(['issued', 'void'], { description: '`issued`: the credit counts. `void`: it has no effect any longer, because its invoice became void.' })
  status!: CreditNote['status'];

  @UuidField({ description: 'The invoice that is credited in part or in full' })
  invoiceId!: string;

  @TextField({ example: 'INV-000042', description: 'The number of this invoice' })
  invoiceNumber!: string;

  @ChoiceField(['change', 'operator', 'usage'], { description: '`change`: a change of the subscription. `operator`: the operator has issued it. `usage`: usage was corrected.' })
  reason!: CreditNote['reason'];

  @TextField({ nullable: true, multiline: true, description: 'The text of the operator on the document; null without one' })
  note!: string | null;

  @TextField({ description: 'ISO 4217 code', example: 'EUR' })
  currency!: string;

  @IntegerField({ ...amounts, description: 'The sum of the lines, in minor units' })
  subtotal!: number;

  @IntegerField({ ...amounts, description: 'The tax on the subtotal at the rate of the invoice, in minor units' })
  tax!: number;

  @IntegerField({ ...amounts, description: 'Subtotal and tax, in minor units: the sum of `reducesDue`, `addsToBalance` and `refunded`' })
  total!: number;

  @IntegerField({ ...amounts, description: 'The part of the total that reduces the amount due of the invoice' })
  reducesDue!: number;

  @IntegerField({ ...amounts, description: 'The part of the total that adds to the balance, from which the next invoices in the currency are paid' })
  addsToBalance!: number;

  @IntegerField({ ...amounts, description: 'The part of the total that the operator has paid back' })
  refunded!: number;

  @ListField(() => CreditNoteLineDto, { description: 'The credited amounts' })
  lines!: CreditNoteLineDto[];

  @TimeField({ description: 'The time at which it was issued: the date on the document' })
  issuedAt!: Date;

  @TimeField({ nullable: true, description: 'The time at which it became void; null if it is not' })
  voidedAt!: Date | null;
}

export class CreditNotePageDto extends pageOf(CreditNoteDto) {}

export type CreditNoteWithLines = CreditNote & { readonly lines: readonly CreditNoteLine[]; readonly invoice: Pick<Invoice, 'number'> };

/** The relations that a credit note is shown with. */
export const shownWithCreditNote = { lines: { orderBy: { position: 'asc' } }, invoice: { select: { number: true } } } as const;

export function toCreditNoteDto({ lines, invoice, ...note }: CreditNoteWithLines): CreditNoteDto {
  const { id, number, status, invoiceId, reason, note: text, currency, total, tax, settledDue, settledBalance, settledRefund, issuedAt, voidedAt } = note;
  return {
    id,
    number,
    status,
    invoiceId,
    invoiceNumber: invoice.number,
    reason,
    note: text,
    currency,
    subtotal: Number(total - tax),
    tax: Number(tax),
    total: Number(total),
    reducesDue: Number(settledDue),
    addsToBalance: Number(settledBalance),
    refunded: Number(settledRefund),
    lines: lines.map(({ invoiceLineId, description, amount, periodStart, periodEnd }) => ({ invoiceLineId, description, amount: Number(amount), periodStart, periodEnd })),
    issuedAt,
    voidedAt,
  };
}
