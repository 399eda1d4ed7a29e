// From the results of the rounds to one number each: medians, and ratios within rounds.
export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const round = (number, digits = 0) => (number === undefined || Number.isNaN(number) ? undefined : Number(number.toFixed(digits)));

/** The operations with the medians of each system, and the median of tenantry's ratio to each other system in the same round. */
export function summarize({ results, statements, paced }) {
  return Object.fromEntries(
    Object.entries(results).map(([operation, systems]) => {
      const of = Object.fromEntries(
        Object.entries(systems).map(([system, rounds]) => {
          const middle = (key, digits) => round(median(rounds.map((each) => each[key])), digits);
          const atSeventy = paced[operation]?.[system];
          const all = atSeventy === undefined ? rounds : [...rounds, atSeventy];
          const failures = all.reduce((sum, each) => sum + each.failures, 0);
          return [
            system,
            {
              perSecond: middle('perSecond', 1),
              p50: middle('p50', 2),
              p99: middle('p99', 2),
              p99OfP50At70: atSeventy && round(atSeventy.p99 / atSeventy.p50, 1),
              serverMicros: middle('serverMicros'),
              databaseMicros: middle('databaseMicros'),
              statements: round(statements[operation]?.[system], 2),
              memory: middle('memory'),
              failures,
              ...(failures > 0 ? { failure: all.find((each) => each.failure !== undefined).failure } : {}),
            },
          ];
        }),
      );
      const ratioTo = (system) => {
        if (systems.tenantry === undefined || systems[system] === undefined) return undefined;
        return round(median(systems.tenantry.map(({ perSecond }, index) => perSecond / systems[system][index].perSecond)), 3);
      };
      return [operation, { systems: of, ratios: { 'better-auth': ratioTo('better-auth'), limit: ratioTo('limit') } }];
    }),
  );
}

/** The failed requests, as lines. */
export const failuresOf = (summary) =>
  Object.entries(summary).flatMap(([operation, { systems }]) =>
    Object.entries(systems)
      .filter(([, { failures }]) => failures > 0)
      .map(([system, { failures, failure }]) => `${operation}, ${system}: ${failures} requests failed, the first with ${failure}`),
  );
