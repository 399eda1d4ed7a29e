/** The largest quantity of one call. Sums of such quantities stay below the largest integer that JSON numbers carry exactly. */
export const maxUnits = 1_000_000_000_000;

/** The largest metadata of one event, in bytes of JSON. */
export const maxMetadataBytes = 4096;
