import { keptItems, prorated, type Period, type Terms } from './prices.policy.js';

/** An invoice from which something can be given back: it is open or paid. Amounts are whole minor units. */
export interface InvoicedDocument {
  readonly id: string;
  readonly number: string;
  readonly status: 'open' | 'paid';
  readonly currency: string;
  readonly taxPercent: number;
  readonly total: number;
  readonly balanceApplied: number;
  /** The parts of the subtotal and of the amount due that credit notes have given back. */
  readonly credited: number;
  readonly settledDue: number;
}

/** A line of such an invoice. */
export interface InvoicedLine {
  readonly id: string;
  readonly invoice: InvoicedDocument;
  readonly kind: 'plan' | 'add_on' | 'usage' | 'other';
  readonly key: string | null;
  readonly description: string;
  readonly quantity: number;
  readonly amount: number;
  /** The part of the amount that credit notes have given back. */
  readonly credited: number;
  readonly period: Period | undefined;
}

/** A part of a line that is given back. */
export interface Credit {
  readonly line: InvoicedLine;
  readonly description: string;
  readonly amount: number;
  /** The time that is not used; undefined if an amount is given back. */
  readonly period: Period | undefined;
}

/** Returns the part of a line that can still be given back. */
export const creditableOf = ({ amount, credited }: Pick<InvoicedLine, 'amount' | 'credited'>): number => Math.max(0, amount - credited);

/**
 * Returns the credits for the rest of the period of lines: of each line, the part of its amount for the time from `at`, less what was credited
 * on it before. Prices of today do not matter, and what nobody was charged for gives nothing.
 */
export const restCredits = (lines: readonly InvoicedLine[], at: Date): readonly Credit[] =>
  lines.flatMap((line): Credit[] => {
    const { period, description, amount, credited } = line;
    if (period === undefined || period.end <= at) return [];
    const credit = prorated(amount, period, at) - credited;
    const rest = { start: at > period.start ? at : period.start, end: period.end };
    return credit <= 0 ? [] : [{ line, description: `Unused time on ${description.replace(/^Remaining time on /, '')}`, amount: credit, period: rest }];
  });

/** Returns the lines of a running period that are given back when terms change: those of the plan and of the add-ons that do not stay as they are agreed. */
export function endedLines(lines: readonly InvoicedLine[], from: Terms, to: Terms): readonly InvoicedLine[] {
  const kept = keptItems(from, to);
  return lines.filter((line) => !kept.some(({ kind, key }) => kind === line.kind && (kind === 'plan' || key === line.key)));
}
