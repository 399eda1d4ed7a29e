/**
 * Returns sign, digits without zeros at the ends, and exponent of a decimal number, so that equal numbers have equal forms. Takes
 * linear time: a body can be one long number. An exponent that a double rounds is far outside of the range of doubles.
 */
function canonical(decimal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(decimal) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  // `/0+$/` would take quadratic time for zeros within the digits.
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  const significant = digits.slice(0, end);
  if (significant === '') return '0';
  return `${sign === '-' ? '-' : ''}${significant}e${Number(exponent) - fraction.length + digits.length - end}`;
}

/** A number that is written with at most 15 characters and without an exponent is exact: a double has 15 significant digits. */
const mayBeInexact = (decimal: string): boolean => decimal.length > 15 || /e/i.test(decimal);

/**
 * Whether a number that was parsed from a decimal is written back as the same number. False for `1e400`, which becomes
 * infinite, and `9007199254740993`, which is rounded. Zero has no sign.
 */
export const isExactNumber = (decimal: string, parsed: number): boolean => !mayBeInexact(decimal) || (Number.isFinite(parsed) && canonical(decimal) === canonical(String(parsed)));
