import type { MeterDefinition } from '../../config/catalog/catalog.js';

export interface MeterPeriod {
  readonly start: Date;
  /** Undefined for what never begins anew. */
  readonly end: Date | undefined;
}

/** The period that a moment belongs to: a calendar day or month in UTC for a counter, all time for the other kinds. */
export function periodOf({ period }: Pick<MeterDefinition, 'period'>, at: Date): MeterPeriod {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  if (period === 'month') return { start: new Date(Date.UTC(year, month, 1)), end: new Date(Date.UTC(year, month + 1, 1)) };
  if (period === 'day') return { start: new Date(Date.UTC(year, month, day)), end: new Date(Date.UTC(year, month, day + 1)) };
  return { start: new Date(0), end: undefined };
}
