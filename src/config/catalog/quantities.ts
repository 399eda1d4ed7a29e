/** The most decimals that a meter can have. */
export const maxDecimals = 9;

/**
 * Returns a quantity as tenantry counts it: whole parts of a unit, so that sums are exact. A meter with three decimals
 * counts thousandths. Returns undefined when the quantity has more decimals, or is too large to be exact.
 */
export function partsOf(decimals: number, quantity: number): number | undefined {
  if (decimals === 0) return Number.isSafeInteger(quantity) ? quantity : undefined;
  const parts = Math.round(quantity * 10 ** decimals);
  return Number.isSafeInteger(parts) && quantityOf(decimals, parts) === quantity ? parts : undefined;
}

/** Returns the quantity that parts are, as callers send and read it. */
export const quantityOf = (decimals: number, parts: number): number => (decimals === 0 ? parts : parts / 10 ** decimals);

/** Returns the quantity that parts are as a decimal text, without an exponent. */
export const quantityText = (decimals: number, parts: number): string =>
  decimals === 0
    ? String(parts)
    : quantityOf(decimals, parts)
        .toFixed(decimals)
        .replace(/\.?0+$/, '');
