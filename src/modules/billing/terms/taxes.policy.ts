import type { Catalog } from '../../../config/catalog/catalog.js';
import type { Organization } from '../../../generated/prisma/client.js';

/** The tax of a document: one rate for the whole document. */
export interface TaxTerms {
  /** ISO 3166-1 alpha-2; null if nothing is taxed. */
  readonly country: string | null;
  readonly name: string | null;
  /** With at most three decimals, e.g. 19 or 8.875. */
  readonly percent: number;
  /** Whether the recipient owes the tax instead of the seller. */
  readonly reverseCharge: boolean;
}

export const untaxed: TaxTerms = { country: null, name: null, percent: 0, reverseCharge: false };

/** Returns the tax terms of a document for an organization. Prices are without tax. */
export const taxTermsFor = (_organization: Organization, _catalog: Catalog): TaxTerms => untaxed;

/** Returns the tax on an amount of whole minor units, rounded half up. Computes with whole numbers. */
export function taxOn(amount: number, percent: number): number {
  const thousandths = BigInt(Math.round(percent * 1000));
  return Number((2n * BigInt(amount) * thousandths + 100_000n) / 200_000n);
}

/**
 * Returns the tax of a credit, so that all credits of an invoice together never have more tax than the invoice, and credits of
 * the whole invoice have all of it.
 *
 * @param before the subtotal that was credited before
 */
export const taxOnCredit = (amount: number, { before, percent }: { readonly before: number; readonly percent: number }): number =>
  taxOn(before + amount, percent) - taxOn(before, percent);
