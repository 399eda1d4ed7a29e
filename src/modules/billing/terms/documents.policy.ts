import type { CreditNote, Invoice } from '../../../generated/prisma/client.js';
import type { Credit, InvoicedDocument } from './credits.policy.js';
import { totalOf, type Line } from './prices.policy.js';
import { taxOn, taxOnCredit, type TaxTerms } from './taxes.policy.js';

/** The amounts of an invoice, in whole minor units. */
export interface InvoiceAmounts {
  readonly subtotal: number;
  readonly tax: number;
  readonly total: number;
  /** The part of the total that the balance of the organization pays. */
  readonly balanceApplied: number;
  readonly due: number;
}

/** A credit note that is not written yet. */
export interface PlannedCreditNote {
  readonly invoice: InvoicedDocument;
  readonly credits: readonly Credit[];
  readonly subtotal: number;
  readonly tax: number;
  readonly total: number;
  /** The parts that reduce the amount due of the invoice, add to the balance, and were paid back outside. */
  readonly settled: { readonly due: number; readonly balance: number; readonly refund: number };
}

/** The documents of a change that are not written yet. */
export interface PlannedDocuments {
  readonly creditNotes: readonly PlannedCreditNote[];
  readonly invoice: (InvoiceAmounts & { readonly lines: readonly Line[]; readonly currency: string }) | undefined;
}

/** The balances of an organization, by currency: the sum of its credit notes that no invoice has used. */
export type Balances = ReadonlyMap<string, number>;

/** Returns the amount due of an invoice. */
export const amountDueOf = ({
  status,
  total,
  balanceApplied,
  settledDue,
}: Pick<InvoicedDocument, 'total' | 'balanceApplied' | 'settledDue'> & { readonly status: string }): number => (status === 'open' ? total - balanceApplied - settledDue : 0);

/** A stored invoice with the credit notes on it that are not void. */
type StoredInvoice = Pick<Invoice, 'status' | 'total' | 'balanceApplied'> & { readonly creditNotes: readonly Pick<CreditNote, 'settledDue'>[] };

/** Returns the part of an invoice that its credit notes have taken off the amount due. */
export const settledDueOf = ({ creditNotes }: Pick<StoredInvoice, 'creditNotes'>): number => creditNotes.reduce((sum, { settledDue }) => sum + Number(settledDue), 0);

/** Returns the amount due of a stored invoice. */
export const amountDueNow = (invoice: StoredInvoice): number =>
  amountDueOf({ status: invoice.status, total: Number(invoice.total), balanceApplied: Number(invoice.balanceApplied), settledDue: settledDueOf(invoice) });

/** Plans an invoice. The balance pays as much of it as it can. */
export function planInvoice(lines: readonly Line[], { percent }: TaxTerms, balance: number): InvoiceAmounts {
  const subtotal = totalOf(lines);
  const tax = taxOn(subtotal, percent);
  const total = subtotal + tax;
  const balanceApplied = Math.min(balance, total);
  return { subtotal, tax, total, balanceApplied, due: total - balanceApplied };
}

/**
 * Plans the credit notes for credits, one for each invoice. A credit first reduces the amount due of its invoice; the rest goes to the balance.
 *
 * @param refunded the rest was refunded outside instead
 */
export function planCreditNotes(credits: readonly Credit[], { refunded = false }: { readonly refunded?: boolean } = {}): readonly PlannedCreditNote[] {
  const invoices = new Map(credits.map(({ line: { invoice } }) => [invoice.id, invoice]));
  return [...invoices.values()].map((invoice) => {
    const own = credits.filter(({ line }) => line.invoice.id === invoice.id);
    const subtotal = totalOf(own);
    const tax = taxOnCredit(subtotal, { before: invoice.credited, percent: invoice.taxPercent });
    const total = subtotal + tax;
    const due = Math.min(total, amountDueOf(invoice));
    const rest = total - due;
    return { invoice, credits: own, subtotal, tax, total, settled: { due, balance: refunded ? 0 : rest, refund: refunded ? rest : 0 } };
  });
}

/** Plans the documents of a change: the credit notes, and the invoice, which the balance pays as far as it can. */
export function planDocuments(
  { credits, lines, currency }: { readonly credits: readonly Credit[]; readonly lines: readonly Line[]; readonly currency: string | undefined },
  { tax, balances }: { readonly tax: TaxTerms; readonly balances: Balances },
): PlannedDocuments {
  const creditNotes = planCreditNotes(credits);
  if (currency === undefined || totalOf(lines) === 0) return { creditNotes, invoice: undefined };
  const added = creditNotes.reduce((sum, { invoice, settled }) => (invoice.currency === currency ? sum + settled.balance : sum), 0);
  return { creditNotes, invoice: { lines, currency, ...planInvoice(lines, tax, (balances.get(currency) ?? 0) + added) } };
}
