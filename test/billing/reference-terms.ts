const day = 24 * 3600 * 1000;
export type Plan = 'free' | 'pro' | 'team';
export interface Terms {
  readonly plan: Plan;
  readonly seats: number | null;
}

/** What the plans of test/billing/catalog.yaml cost a month, and how many they seat. */
export const price = ({ plan, seats }: Terms): number => ({ free: 0, pro: 3000, team: 1000 * (seats ?? 1) })[plan];
export const seatsOf = ({ plan, seats }: Terms): number => ({ free: 3, pro: 10, team: seats ?? 50 })[plan];

export function monthAfter(from: number, anchor: number): number {
  const at = new Date(from);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 2, 0)).getUTCDate();
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, Math.min(anchor, last)) + (from % day);
}
