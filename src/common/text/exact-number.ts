/** Returns sign, digits without zeros at the ends, and exponent of a decimal number, so that equal numbers have equal forms. */
function canonical(decimal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(decimal) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign === '-' ? '-' : ''}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`;
}

/** A number that is written with at most 15 characters and without an exponent is exact: a double has 15 significant digits. */
const mayBeInexact = (decimal: string): boolean => decimal.length > 15 || /e/i.test(decimal);

/**
 * Whether a number that was parsed from a decimal is written back as the same number. False for `1e400`, which becomes
 * infinite, and `9007199254740993`, which is rounded. Zero has no sign.
 */
export const isExactNumber = (decimal: string, parsed: number): boolean => !mayBeInexact(decimal) || (Number.isFinite(parsed) && canonical(decimal) === canonical(String(parsed)));
