import type { Catalog, UsagePrice } from '../../../src/config/catalog/catalog.js';

// What usage and taxes cost, worked out in another way than by the application.

const usageMeters = {
  calls: 'model: graduated, tiers: [{ upTo: 10, amount: 3, flat: 7 }, { upTo: 40, amount: 2.5 }, { upTo: unlimited, amount: 1, flat: 50 }]',
  minutes: 'model: volume, tiers: [{ upTo: 20, amount: 10 }, { upTo: 60, amount: 5, flat: 100 }, { upTo: unlimited, amount: 4 }]',
  tokens: 'amount: 90, per: 15',
  mails: 'amount: 0.35',
} as const;
export const meters = Object.keys(usageMeters);

/** Adds a meter with a price of each model, and taxes, to the text of a catalog. */
export function withUsageAndTaxes(text: string): string {
  const lines = Object.entries(usageMeters).map(([key, price]) => {
    const prices = [`{ interval: month, currency: EUR, ${price} }`, ...(key === 'mails' ? [`{ interval: month, currency: JPY, ${price} }`] : [])];
    return `  ${key}: { kind: counter, unit: ${key}, period: month, billed: true, prices: [${prices.join(', ')}] }\n`;
  });
  const taxes = `seller: { name: Acme GmbH, email: billing@acme.example, taxId: DE123456788, address: { line1: Main Street 1, postalCode: '10115', city: Berlin, country: DE } }
taxes: { rates: { DE: { name: VAT, percent: 19 }, FR: { name: TVA, percent: 20 }, CH: { name: VAT, percent: 8.1 } }, reverseCharge: [AT, DE, FR] }
`;
  return `${text.replace('meters:\n', `meters:\n${lines.join('')}`).replaceAll('storage: 10 }', `storage: 10, ${meters.map((key) => `${key}: unlimited`).join(', ')} }`)}\n${taxes}`;
}

/** Customers with the tax that they pay by the rules of docs/billing.md. */
export const customers = [
  { name: 'at home', percent: 19, profile: { billingAddress: { line1: 'Main Street 2', postalCode: '10117', city: 'Berlin', country: 'DE' }, taxId: 'DE136695976' } },
  { name: 'in France', percent: 20, profile: { billingAddress: { line1: 'Rue 1', postalCode: '75001', city: 'Paris', country: 'FR' }, taxId: null } },
  { name: 'in France, with a tax id', percent: 0, profile: { billingAddress: { line1: 'Rue 1', postalCode: '75001', city: 'Paris', country: 'FR' }, taxId: 'FR40303265045' } },
  { name: 'in Austria', percent: 19, profile: { billingAddress: { line1: 'Gasse 1', postalCode: '1010', city: 'Wien', country: 'AT' }, taxId: null } },
  { name: 'in Switzerland', percent: 8.1, profile: { billingAddress: { line1: 'Gasse 1', postalCode: '8001', city: 'Bern', country: 'CH' }, taxId: null } },
  { name: 'in Japan', percent: 0, profile: { billingAddress: { line1: '1-1', postalCode: '100-0001', city: 'Tokyo', region: 'Tokyo', country: 'JP' }, taxId: null } },
] as const;

/** Rounds half up; the amounts of the tests have at most three decimals. */
const rounded = (amount: number): number => Math.floor((2 * Math.round(amount * 1000) + 1000) / 2000);
export const taxOf = (subtotal: number, percent: number): number => rounded((subtotal * Math.round(percent * 1000)) / 100_000);

/** What a quantity of a meter costs, one unit after the other. */
export function usageCost(catalog: Catalog, meter: string, { interval, currency }: Pick<UsagePrice, 'interval' | 'currency'>, quantity: number): number {
  const price = catalog.meters.get(meter)?.prices.find((each) => each.interval === interval && each.currency === currency);
  if (price === undefined) return 0;
  const { model, amount, per, tiers } = price;
  if (model === 'per_unit') return rounded(quantity * amount);
  if (model === 'package') return Math.ceil(quantity / per) * amount;
  const tierOf = (unit: number): number => tiers.findIndex(({ upTo }) => upTo === undefined || unit <= upTo);
  const top = tierOf(quantity);
  let sum = 0;
  for (let unit = 1; unit <= quantity; unit += 1) sum += tiers[model === 'volume' ? top : tierOf(unit)]?.amount ?? 0;
  for (const [index, { flat }] of tiers.entries()) if (model === 'volume' ? index === top : index <= top) sum += flat;
  return rounded(sum);
}
