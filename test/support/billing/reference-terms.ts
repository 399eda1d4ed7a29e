const day = 24 * 3600 * 1000;
export type Plan = 'free' | 'pro' | 'team';

/** How many of which add-on. */
export interface AddOns {
  readonly extra_disk: number;
  readonly extra_seats: number;
}

export interface Terms {
  readonly plan: Plan;
  readonly seats: number | null;
  readonly addOns: AddOns;
}

/** Omitted fields are kept. */
export interface Wish {
  readonly plan?: Plan;
  readonly seats?: number;
  readonly addOns?: Partial<AddOns>;
}

export const noAddOns: AddOns = { extra_disk: 0, extra_seats: 0 };

/** What the plans and add-ons of test/catalogs/add-ons.yaml cost a month, and how many the plans seat. */
export const price = ({ plan, seats, addOns }: Terms): number => ({ free: 0, pro: 3000, team: 1000 * (seats ?? 1) })[plan] + 500 * addOns.extra_disk + 700 * addOns.extra_seats;
/** What one pays for, each by itself. Items with the same id are the same agreement. */
export interface Item {
  readonly item: 'plan' | keyof AddOns;
  readonly id: string;
  readonly amount: number;
}

export const itemsOf = ({ plan, seats, addOns }: Terms): readonly Item[] =>
  [
    { item: 'plan' as const, id: `${plan} ${seats}`, amount: price({ plan, seats, addOns: noAddOns }), held: 1 },
    { item: 'extra_disk' as const, id: `disk ${addOns.extra_disk}`, amount: 500 * addOns.extra_disk, held: addOns.extra_disk },
    { item: 'extra_seats' as const, id: `seats ${addOns.extra_seats}`, amount: 700 * addOns.extra_seats, held: addOns.extra_seats },
  ].filter(({ held }) => held > 0);

export const seatsOf = ({ plan, seats, addOns }: Terms): number => ({ free: 3, pro: 2 + 2 * addOns.extra_seats, team: seats ?? 50 })[plan];
/** The quantity of an add-on that can be bought with a plan. */
export const mostOf = (addOn: keyof AddOns, plan: Plan): number => (addOn === 'extra_disk' ? { free: 0, pro: 4, team: 4 } : { free: 0, pro: 100, team: 0 })[plan];

export function monthAfter(from: number, anchor: number): number {
  const at = new Date(from);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 2, 0)).getUTCDate();
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, Math.min(anchor, last)) + (from % day);
}
