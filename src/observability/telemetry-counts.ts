export const signals = ['traces', 'metrics', 'logs'] as const;
export type Signal = (typeof signals)[number];
/** Why a span, a data point or a record was lost. */
export const lossReasons = ['queue_full', 'not_accepted'] as const;
export type LossReason = (typeof lossReasons)[number];

const none = (): Record<Signal, number> => ({ traces: 0, metrics: 0, logs: 0 });

/** Counts the spans, data points and records of this process that a collector has accepted, and those that were lost. */
export const telemetryCounts = {
  sent: none(),
  lost: { queue_full: none(), not_accepted: none() } satisfies Record<LossReason, Record<Signal, number>>,
};
