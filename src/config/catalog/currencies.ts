import { data } from 'currency-codes';

/** Codes that begin with X belong to no country: metals, funds, tests. The exceptions are the currencies of unions. */
const isMoney = (code: string): boolean => !code.startsWith('X') || ['XAF', 'XCD', 'XCG', 'XOF', 'XPF'].includes(code);

/**
 * The currencies that ISO 4217 has added since the list in `currency-codes` was published (25 June 2024). The Caribbean guilder replaced the
 * Netherlands Antillean guilder (ANG) at par on 31 March 2025; ANG stays for existing prices and invoices.
 * https://www.six-group.com/en/products-services/financial-information/market-reference-data/data-standards.html
 */
const laterMinorUnits: readonly (readonly [code: string, digits: number])[] = [['XCG', 2]];

const minorUnits: ReadonlyMap<string, number> = new Map([...laterMinorUnits, ...data.map(({ code, digits }) => [code, digits] as const)].filter(([code]) => isMoney(code)));

/** Whether a code is a currency of ISO 4217. */
export const isCurrency = (code: string): boolean => minorUnits.has(code);

/** Returns the number of decimals of a currency by ISO 4217. `Intl` has other numbers for some currencies, such as HUF and IDR. */
export const minorUnitsOf = (currency: string): number => minorUnits.get(currency) ?? 2;
