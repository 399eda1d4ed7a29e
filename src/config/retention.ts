/**
 * The days for which the jobs keep what has no setting of its own. docs/people.md#retention lists all kinds of data, with those that the environment, the catalog, the organization or
 * the resources of the product decide.
 */
export const keptDays = { mail: 30, sessions: 30, events: 30, jobRuns: 90, settlements: 2 } as const;
