import type { MeterDefinition } from '../../../config/catalog/catalog.js';
import { partsOf } from '../../../config/catalog/quantities.js';

/** The largest quantity of one call, in whole parts of a unit. Sums of such quantities stay below the largest integer that JSON numbers carry exactly. */
export const maxUnits = 1_000_000_000_000;

/** Returns a quantity that a caller sent in whole parts of a unit, or undefined when the meter cannot count it. */
export function countedParts({ decimals }: Pick<MeterDefinition, 'decimals'>, quantity: number): number | undefined {
  const parts = partsOf(decimals, quantity);
  return parts === undefined || Math.abs(parts) > maxUnits ? undefined : parts;
}

/** The smallest quantity above 0 that any meter can count. */
export const minQuantity = 1e-9;

/** The largest metadata of one event, in bytes of JSON. */
export const maxMetadataBytes = 4096;
