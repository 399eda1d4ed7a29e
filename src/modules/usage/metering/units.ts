/** The largest quantity of one call, in whole parts of a unit. Sums of such quantities stay below the largest integer that JSON numbers carry exactly. */
export const maxUnits = 1_000_000_000_000;

/** The smallest quantity above 0 that any meter can count. */
export const minQuantity = 1e-9;

/** The largest metadata of one event, in bytes of JSON. */
export const maxMetadataBytes = 4096;
