import type { Catalog } from '../../../config/catalog/catalog.js';
import type { Organization } from '../../../generated/prisma/client.js';
import { roundedQuotient } from './money.js';
import { isTaxId } from './tax-ids.policy.js';

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

type Customer = Pick<Organization, 'billingAddress' | 'taxId'>;

/** Returns the country of a customer, which the billing address has; undefined without one. */
export function countryOf({ billingAddress }: Pick<Customer, 'billingAddress'>): string | undefined {
  const { country } = (billingAddress ?? {}) as { readonly country?: unknown };
  return typeof country === 'string' ? country : undefined;
}

/**
 * Returns the tax terms of a document for a customer. Prices are without tax.
 *
 * - A customer without a billing address is taxed in the seller's country.
 * - A customer with a tax id in another country of the reverse-charge list owes the tax. Without one, it pays the rate of its country if the
 *   catalog has one, or else that of the seller's country.
 * - In all other countries the rate of the catalog applies, or 0 %.
 */
export function taxTermsFor(customer: Customer, { taxes, seller }: Pick<Catalog, 'taxes' | 'seller'>): TaxTerms {
  if (taxes === undefined || seller === undefined) return untaxed;
  const home = seller.address.country;
  const country = countryOf(customer) ?? home;
  const shifts = country !== home && taxes.reverseCharge.has(country);
  if (shifts && customer.taxId !== null && isTaxId(customer.taxId, country)) {
    const name = (taxes.rates.get(country) ?? taxes.rates.get(home))?.name ?? null;
    return { country, name, percent: 0, reverseCharge: true };
  }
  const taxedIn = shifts && !taxes.rates.has(country) ? home : country;
  const { name = null, percent = 0 } = taxes.rates.get(taxedIn) ?? {};
  return { country: taxedIn, name, percent, reverseCharge: false };
}

/** Returns the tax on an amount of whole minor units, rounded half up. Computes with whole numbers. */
export function taxOn(amount: number, percent: number): number {
  const thousandths = BigInt(Math.round(percent * 1000));
  return Number(roundedQuotient(BigInt(amount) * thousandths, 100_000n));
}

/**
 * Returns the tax of a credit, so that all credits of an invoice together never have more tax than the invoice, and credits of
 * the whole invoice have all of it.
 *
 * @param before the subtotal that was credited before
 */
export const taxOnCredit = (amount: number, { before, percent }: { readonly before: number; readonly percent: number }): number =>
  taxOn(before + amount, percent) - taxOn(before, percent);
