import { addOnsIn } from '../../../access/organization/entitlements.js';
import {
  BooleanField,
  ChoiceField,
  HeldQuantitiesField,
  IntegerField,
  ListField,
  ObjectField,
  QuantitiesField,
  TextField,
  TextListField,
  TimeField,
  UuidField,
} from '../../../common/http/fields.js';
import type { Subscription } from '../../../generated/prisma/client.js';
import { amountOf, currencyOf, sellsSeats, type BoughtAddOn, type Line, type Terms } from '../terms/prices.policy.js';

const intervals = ['month', 'year'] as const;
const statuses = ['trialing', 'active', 'past_due', 'unpaid', 'canceled', 'paused'] as const;
const amounts = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;
const seats = { min: 1, max: 1_000_000 } as const;
const addOns = { max: 1000, example: { extra_storage: 2 } } as const;
/** In Stripe's dashboard more can be sold than the catalog sells. */
const heldAddOns = { ...addOns, max: 1_000_000 } as const;

export class ChangeSubscriptionDto {
  @TextField({ optional: true, max: 64, example: 'pro' })
  plan?: string;

  @ChoiceField(intervals, { optional: true })
  interval?: 'month' | 'year';

  @IntegerField({ ...seats, optional: true, description: 'Only where seats are sold' })
  seats?: number;

  @QuantitiesField({ ...addOns, optional: true, description: 'How many of each add-on; 0, or null, for none. Those that are left out stay' })
  addOns?: Record<string, number | null>;
}

export class CancelSubscriptionDto {
  @BooleanField({ optional: true, description: 'At once, instead of when the period is over' })
  immediately?: boolean;
}

export class ScheduledChangeDto {
  @TextField()
  plan!: string;

  @ChoiceField(intervals)
  interval!: 'month' | 'year';

  @IntegerField({ ...seats, nullable: true })
  seats!: number | null;

  @HeldQuantitiesField(heldAddOns)
  addOns!: Record<string, number>;
}

export class SubscriptionDto {
  @TextField()
  plan!: string;

  @ChoiceField(statuses)
  status!: Subscription['status'];

  @ChoiceField(intervals)
  interval!: 'month' | 'year';

  @IntegerField({ ...seats, nullable: true, description: 'Bought seats; null where the plan includes them' })
  seats!: number | null;

  @HeldQuantitiesField({ ...heldAddOns, description: 'What was bought beside the plan, and how many of it' })
  addOns!: Record<string, number>;

  @IntegerField({ min: 0, max: 1_000_000, description: 'Taken by members and pending invitations' })
  seatsInUse!: number;

  @TextField({ nullable: true, description: 'ISO 4217' })
  currency!: string | null;

  @IntegerField({ ...amounts, description: 'What a period costs, in minor units' })
  amount!: number;

  @ChoiceField(['manual', 'stripe'])
  provider!: string;

  @TimeField({ nullable: true })
  trialEndsAt!: Date | null;

  @TimeField()
  periodStart!: Date;

  @TimeField({ nullable: true, description: 'null: there are no periods' })
  periodEnd!: Date | null;

  @BooleanField()
  cancelAtPeriodEnd!: boolean;

  @TimeField({ nullable: true })
  canceledAt!: Date | null;

  @TimeField({ nullable: true })
  pastDueSince!: Date | null;

  @ObjectField(() => ScheduledChangeDto, { nullable: true, description: 'What begins with the next period' })
  next!: ScheduledChangeDto | null;
}

export class ChargeDto {
  @TextField()
  description!: string;

  @IntegerField({ ...amounts, description: 'Minor units; negative for what is credited' })
  amount!: number;
}

export class ExcessDto {
  @TextField()
  meter!: string;

  @IntegerField(amounts)
  used!: number;

  @IntegerField(amounts)
  limit!: number;
}

export class LockedOutRoleDto {
  @TextField({ example: 'quiz_editor' })
  key!: string;

  @TextField()
  name!: string;

  @IntegerField({ min: 0, max: 1_000_000, description: 'Members who have it, by themselves or by a team, and would have the rest of their roles' })
  members!: number;
}

export class LockedOutKeyDto {
  @UuidField()
  id!: string;

  @TextField()
  name!: string;
}

export class LockedOutDto {
  @ListField(() => LockedOutRoleDto, { description: 'Custom roles that would have no effect any more' })
  customRoles!: LockedOutRoleDto[];

  @ListField(() => LockedOutKeyDto, { description: 'API keys that would be refused' })
  apiKeys!: LockedOutKeyDto[];

  @IntegerField({ min: 0, max: 1_000_000, description: 'Members and invitations beyond the seats: they stay, and nobody else gets in' })
  members!: number;
}

export class SubscriptionPreviewDto {
  @TimeField({ description: 'When it would begin' })
  effectiveAt!: Date;

  @TextField()
  plan!: string;

  @IntegerField({ ...seats, nullable: true })
  seats!: number | null;

  @HeldQuantitiesField({ ...heldAddOns, description: 'Those that there would be' })
  addOns!: Record<string, number>;

  @TextListField({ description: 'Add-ons that would end, also because they are not sold beside the plan' })
  addOnsLost!: string[];

  @TextField({ nullable: true, description: 'ISO 4217' })
  currency!: string | null;

  @IntegerField({ ...amounts, description: 'What is charged at once, in minor units' })
  dueNow!: number;

  @ListField(() => ChargeDto)
  lines!: ChargeDto[];

  @IntegerField({ ...amounts, description: 'What each period costs from then on, in minor units' })
  amountPerPeriod!: number;

  @TextListField()
  featuresLost!: string[];

  @TextListField()
  featuresGained!: string[];

  @ListField(() => ExcessDto)
  overLimits!: ExcessDto[];

  @ObjectField(() => LockedOutDto)
  lockedOut!: LockedOutDto;

  @BooleanField({ description: 'Whether the change would be made; what is over the limits prevents another plan, and the end of add-ons' })
  possible!: boolean;
}

export function toSubscriptionDto(row: Subscription, terms: Terms, seatsInUse: number): SubscriptionDto {
  const { plan, status, interval, provider, trialEndsAt, periodStart, periodEnd, cancelAtPeriodEnd, canceledAt, pastDueSince, nextPlan, nextInterval, nextSeats } = row;
  const nextAddOns = Object.fromEntries(addOnsIn(row.nextAddOns).map(({ key, quantity }) => [key, quantity]));
  const currency = currencyOf(terms.plan, interval, row.currency ?? undefined) ?? null;
  const next =
    nextPlan === null && nextInterval === null && nextSeats === null ? null : { plan: nextPlan ?? plan, interval: nextInterval ?? interval, seats: nextSeats, addOns: nextAddOns };
  const bought = sellsSeats(terms.plan) ? row.seats : null;
  const amount = status === 'canceled' ? 0 : amountOf(terms, currency ?? undefined);
  const held = quantitiesByKey(terms.addOns);
  return {
    plan,
    status,
    interval,
    seats: bought,
    addOns: held,
    seatsInUse,
    currency,
    amount,
    provider,
    trialEndsAt,
    periodStart,
    periodEnd,
    cancelAtPeriodEnd,
    canceledAt,
    pastDueSince,
    next,
  };
}

/** Add-ons, as answers and requests have them. */
export const quantitiesByKey = (addOns: readonly BoughtAddOn[]): Record<string, number> => Object.fromEntries(addOns.map(({ addOn, quantity }) => [addOn.key, quantity]));

export const toCharges = (lines: readonly Line[]): ChargeDto[] => lines.map(({ description, amount }) => ({ description, amount }));
