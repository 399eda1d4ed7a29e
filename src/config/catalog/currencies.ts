import { data } from 'currency-codes';

/** Codes that begin with X belong to no country: metals, funds, tests. The exceptions are the currencies of unions. */
const isMoney = (code: string): boolean => !code.startsWith('X') || ['XAF', 'XCD', 'XCG', 'XOF', 'XPF'].includes(code);

const minorUnits: ReadonlyMap<string, number> = new Map(data.filter(({ code }) => isMoney(code)).map(({ code, digits }) => [code, digits]));

/** Whether a code is a currency of ISO 4217. */
export const isCurrency = (code: string): boolean => minorUnits.has(code);

/** Returns the number of decimals of a currency by ISO 4217. `Intl` has other numbers for some currencies, such as HUF and IDR. */
export const minorUnitsOf = (currency: string): number => minorUnits.get(currency) ?? 2;
