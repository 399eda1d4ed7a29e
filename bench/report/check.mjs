// Compares a run with the committed results by the ratios of tenantry to the other systems: these depend on the machine far
// less than requests a second.
/** A ratio may lose a fifth: less is noise. */
const kept = 0.8;

/** The losses of a run, each with its operation. */
export function lossesOf(committed, operations) {
  return Object.entries(operations).flatMap(([operation, { ratios }]) =>
    Object.entries(ratios)
      .map(([system, ratio]) => ({ operation, system, ratio, before: committed.operations[operation]?.ratios[system] }))
      .filter(({ ratio, before }) => ratio !== undefined && before !== undefined && ratio < kept * before),
  );
}

export const lossText = ({ operation, system, ratio, before }) => `${operation}: tenantry / ${system} is ${ratio}, and was ${before}`;
