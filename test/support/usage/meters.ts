export type MeterName = 'tokens' | 'disk' | 'runs' | 'peak' | 'visitors';

export interface Rule {
  readonly aggregation: 'sum' | 'count' | 'max' | 'unique';
  readonly allowance: number;
  readonly gauge?: boolean;
}

export const rules: Readonly<Record<MeterName, Rule>> = {
  tokens: { aggregation: 'sum', allowance: 20 },
  disk: { aggregation: 'sum', allowance: 10, gauge: true },
  runs: { aggregation: 'count', allowance: 6 },
  peak: { aggregation: 'max', allowance: 4 },
  visitors: { aggregation: 'unique', allowance: 3 },
};

export interface Entry {
  readonly id: string;
  readonly meter: MeterName;
  readonly quantity: number;
  readonly occurredAt: Date;
  readonly subject?: string;
  readonly corrects?: string;
}

export const epoch = '1970-01-01';

/** The day on which the period begins that a moment belongs to. */
export const periodOf = (meter: MeterName, at: Date): string => (rules[meter].gauge ? epoch : `${at.toISOString().slice(0, 7)}-01`);
