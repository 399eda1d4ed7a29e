import { dayOf } from '../../../common/calendar.js';
import type { CreditNote, CreditNoteLine, Invoice, InvoiceLine } from '../../../generated/prisma/client.js';
import type { InvoiceWithLines } from '../invoices/documents.queries.js';
import { amountDueNow, settledDueOf } from '../terms/documents.policy.js';
import { formatAmount, formatQuantity } from '../terms/money.js';

/** A line as it is printed. Everything is text. */
export interface PrintedLine {
  readonly description: string;
  readonly period: string;
  readonly quantity: string;
  readonly unitAmount: string;
  readonly amount: string;
}

/** A name and a value, side by side. */
export type PrintedFact = readonly [name: string, value: string];

/** The content of an invoice or a credit note, as it is printed. */
export interface PrintedDocument {
  readonly title: string;
  readonly number: string;
  readonly facts: readonly PrintedFact[];
  readonly seller: readonly string[];
  readonly customer: readonly string[];
  readonly lines: readonly PrintedLine[];
  readonly totals: readonly PrintedFact[];
  readonly notes: readonly string[];
}

export interface PrintSettings {
  /** BCP 47 tag of the organization. */
  readonly locale: string;
  readonly paymentInstructions: string | undefined;
}

export type PrintedCreditNoteRows = CreditNote & { readonly lines: readonly CreditNoteLine[]; readonly invoice: Invoice };

/** A document prints this many lines. The API lists all. */
const maxLines = 200;

const statuses: Readonly<Record<Invoice['status'], string>> = { open: 'Open', paid: 'Paid', void: 'Void', uncollectible: 'Not collected' };

interface Party {
  readonly name?: string | null;
  readonly email?: string | null;
  readonly taxId?: string | null;
  readonly address?: Readonly<Record<string, string | undefined>> | null;
}

/** Returns the lines of a stored seller or recipient. */
function printedParty(stored: unknown): readonly string[] {
  const { name, address, taxId, email } = (stored ?? {}) as Party;
  const { line1, line2, postalCode, city, region, country } = address ?? {};
  const place = [postalCode, city].filter(Boolean).join(' ');
  const taxLine = taxId === undefined || taxId === null ? undefined : `Tax id: ${taxId}`;
  return [name, line1, line2, place, region, country, taxLine, email].filter((line): line is string => typeof line === 'string' && line !== '');
}

const periodOf = ({ periodStart: start, periodEnd: end }: Pick<InvoiceLine, 'periodStart' | 'periodEnd'>): string =>
  start === null || end === null ? '' : `${dayOf(start)} to ${dayOf(end)}`;

function firstLines<Row>(rows: readonly Row[], print: (row: Row) => PrintedLine): readonly PrintedLine[] {
  const more = rows.length - maxLines;
  const printed = rows.slice(0, maxLines).map(print);
  return more <= 0 ? printed : [...printed, { description: `and ${more} more lines`, period: '', quantity: '', unitAmount: '', amount: '' }];
}

/** Returns the totals that an invoice and its credit notes have in common: net, tax and gross. */
function sums(
  subtotal: bigint,
  tax: bigint,
  total: bigint,
  { taxName, taxPercent, taxCountry, reverseCharge }: Invoice,
  money: (amount: bigint) => string,
): readonly PrintedFact[] {
  if (taxCountry === null && tax === 0n) return [['Total', money(total)]];
  const rate = taxPercent === null ? '' : ` ${taxPercent.toString()} %`;
  const name = reverseCharge ? 'Tax (reverse charge)' : `${taxName ?? 'Tax'}${rate}${taxCountry === null ? '' : ` (${taxCountry})`}`;
  return [
    ['Subtotal', money(subtotal)],
    [name, money(tax)],
    ['Total', money(total)],
  ];
}

const reverseChargeNote = 'Reverse charge: the recipient owes the tax.';

export function printInvoice(invoice: InvoiceWithLines, { locale, paymentInstructions }: PrintSettings): PrintedDocument {
  const { number, status, currency, total, tax, balanceApplied, issuedAt, dueAt, paidAt, seller, billedTo, lines, creditNotes, reverseCharge } = invoice;
  const money = (amount: bigint | number): string => formatAmount(amount, currency, locale);
  const due = amountDueNow(invoice);
  const paid = status === 'paid' ? Number(total - balanceApplied) - settledDueOf(invoice) : 0;
  return {
    title: 'Invoice',
    number,
    facts: [
      ['Date', dayOf(issuedAt)],
      ...(status === 'open' ? [['Due', dayOf(dueAt)] as const] : []),
      ...(paidAt === null ? [] : [['Paid', dayOf(paidAt)] as const]),
      ['Status', statuses[status]],
    ],
    seller: printedParty(seller),
    customer: printedParty(billedTo),
    lines: firstLines(lines, (line) => ({
      description: line.description,
      period: periodOf(line),
      quantity: formatQuantity(line.quantity, locale, line.quantityDecimals),
      unitAmount: line.unitAmount === null ? '' : money(line.unitAmount),
      amount: money(line.amount),
    })),
    totals: [
      ...sums(total - tax, tax, total, invoice, money),
      ...(balanceApplied === 0n ? [] : [['Paid from the balance', money(-balanceApplied)] as const]),
      ...creditNotes.filter((note) => note.settledDue > 0n).map((note): PrintedFact => [`Credit note ${note.number}`, money(-note.settledDue)]),
      ...(paid > 0 ? [['Paid', money(-paid)] as const] : []),
      ['Amount due', money(due)],
    ],
    notes: [
      ...(reverseCharge ? [reverseChargeNote] : []),
      ...creditNotes.map((note) => `Credit note ${note.number} gives back ${money(note.total)}.`),
      ...(due > 0 && paymentInstructions !== undefined ? paymentInstructions.split('\n') : []),
    ],
  };
}

export function printCreditNote(note: PrintedCreditNoteRows, { locale }: PrintSettings): PrintedDocument {
  const { number, status, currency, total, tax, issuedAt, lines, invoice, note: text, settledDue, settledBalance, settledRefund } = note;
  const money = (amount: bigint): string => formatAmount(amount, currency, locale);
  return {
    title: 'Credit note',
    number,
    facts: [['Date', dayOf(issuedAt)], ['Invoice', invoice.number], ['Date of the invoice', dayOf(invoice.issuedAt)], ...(status === 'void' ? [['Status', 'Void'] as const] : [])],
    seller: printedParty(invoice.seller),
    customer: printedParty(invoice.billedTo),
    lines: firstLines(lines, (line) => ({ description: line.description, period: periodOf(line), quantity: '', unitAmount: '', amount: money(line.amount) })),
    totals: [
      ...sums(total - tax, tax, total, invoice, money),
      ...(settledDue === 0n ? [] : [['Reduces the amount due', money(settledDue)] as const]),
      ...(settledBalance === 0n ? [] : [['Adds to the balance', money(settledBalance)] as const]),
      ...(settledRefund === 0n ? [] : [['Paid back', money(settledRefund)] as const]),
    ],
    notes: [...(invoice.reverseCharge ? [reverseChargeNote] : []), ...(text === null ? [] : text.split('\n'))],
  };
}
