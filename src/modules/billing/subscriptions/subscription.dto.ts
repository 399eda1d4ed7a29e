import { addOnsIn, quantitiesByKey } from '../../../access/organization/entitlements.js';
import {
  BooleanField,
  ChoiceField,
  HeldQuantitiesField,
  IntegerField,
  ListField,
  NumberField,
  ObjectField,
  QuantitiesField,
  TextField,
  TimeField,
  UuidField,
  choices,
} from '../../../common/http/fields.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import type { BillingMode, PendingPurchase, Subscription } from '../../../generated/prisma/client.js';
import type { UsageSoFar } from '../invoices/usage-charges.service.js';
import type { Balances } from '../terms/documents.policy.js';
import { amountOf, currencyOf, sellsSeats, type Terms } from '../terms/prices.policy.js';
import { usageAmount } from '../terms/usage-prices.policy.js';
import { quantitiesOf } from '../terms/wanted-terms.policy.js';

const intervals = ['month', 'year'] as const;
const statuses = ['trialing', 'active', 'past_due', 'unpaid', 'canceled', 'paused'] as const;
export const amounts = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;
export const seats = { min: 1, max: 1_000_000 } as const;
const addOns = { max: 1000, example: { extra_storage: 2 } } as const;
/** Stripe's dashboard can sell larger quantities than the catalog allows. */
export const boughtAddOns = { ...addOns, max: 1_000_000 } as const;

export class ChangeSubscriptionDto {
  @TextField({ optional: true, max: 64, example: 'pro', description: 'The key of the new plan. Default: the present one.' })
  plan?: string;

  @ChoiceField(choices('BillingInterval', intervals), {
    optional: true,
    description: 'The new period of billing. Default: the present one; for a purchase, that of the first price of the plan.',
  })
  interval?: 'month' | 'year';

  @IntegerField({
    ...seats,
    optional: true,
    description:
      'The number of seats, for a plan that sells seats; at least the seats in use; refused for other plans. Default: the present number, or the seats in use if they are more.',
  })
  seats?: number;

  @QuantitiesField({ ...addOns, optional: true, description: 'The quantity of each add-on. 0 or null removes it. Add-ons that are left out stay.' })
  addOns?: Record<string, number | null>;

  @TextField({
    optional: true,
    pattern: /^[A-Z]{3}$/,
    example: 'USD',
    description: 'ISO 4217 code. A paid period keeps its currency. Default for a purchase: that of the first price of the plan.',
  })
  currency?: string;
}

export class CancelSubscriptionDto {
  @BooleanField({ optional: true, description: 'Whether to cancel now instead of at the end of the period. Default: false.' })
  immediately?: boolean;
}

export class ScheduledChangeDto {
  @TextField({ description: 'The key of the plan' })
  plan!: string;

  @ChoiceField(choices('BillingInterval', intervals), { description: 'The period of billing' })
  interval!: 'month' | 'year';

  @IntegerField({ ...seats, nullable: true, description: 'The seats; null if they do not change or the plan includes them' })
  seats!: number | null;

  @HeldQuantitiesField({ ...boughtAddOns, description: 'The quantity of each add-on' })
  addOns!: Record<string, number>;
}

export class PendingPurchaseDto {
  @TextField({ description: 'The key of the plan' })
  plan!: string;

  @ChoiceField(choices('BillingInterval', intervals), { description: 'The period of billing' })
  interval!: 'month' | 'year';

  @IntegerField({ ...seats, nullable: true, description: 'The seats; null if the plan includes them' })
  seats!: number | null;

  @HeldQuantitiesField({ ...boughtAddOns, description: 'The quantity of each add-on' })
  addOns!: Record<string, number>;

  @TextField({ description: 'ISO 4217 code' })
  currency!: string;

  @ChoiceField(['approval', 'payment'], { description: 'The approval of the operator, or the payment of the invoice' })
  waitsFor!: 'approval' | 'payment';

  @UuidField({ nullable: true, description: 'The invoice to pay; null while the purchase waits for its approval' })
  invoiceId!: string | null;

  @TimeField({ description: 'The time of the purchase' })
  requestedAt!: Date;
}

export class BalanceDto {
  @TextField({ description: 'ISO 4217 code' })
  currency!: string;

  @IntegerField({ ...amounts, description: 'In minor units' })
  amount!: number;
}

export class MeterCostDto {
  @TextField({ description: 'The key of the meter' })
  meter!: string;

  @TextField({ description: 'The name of the meter, for people' })
  name!: string;

  @TextField({ description: 'The name of one unit', example: 'token' })
  unit!: string;

  @NumberField({ ...amounts, description: 'Units that were used since the period began' })
  quantity!: number;

  @IntegerField({ ...amounts, description: 'The cost of these units, in minor units, without tax' })
  amount!: number;
}

export class UsageCostDto {
  @TimeField({ description: 'The time from which on the usage is counted' })
  periodStart!: Date;

  @TimeField({ description: 'When the usage is invoiced' })
  periodEnd!: Date;

  @TextField({ description: 'ISO 4217 code' })
  currency!: string;

  @IntegerField({ ...amounts, description: 'The cost of the usage so far, in minor units, without tax' })
  amount!: number;

  @ListField(() => MeterCostDto, { description: 'The cost by meter' })
  meters!: MeterCostDto[];
}

export class SubscriptionDto {
  @TextField({ description: 'The key of the present plan' })
  plan!: string;

  @ChoiceField(statuses, {
    description:
      '`trialing`: in a trial. `active`: paid, or free. `past_due`: an invoice is overdue, and the grace period runs. `unpaid`: the grace period is over, and the organization is suspended. `paused`: nothing is charged, and the organization is suspended. `canceled`: ended; the organization has the fallback plan.',
  })
  status!: Subscription['status'];

  @ChoiceField(choices('BillingInterval', intervals), { description: 'The period of billing' })
  interval!: 'month' | 'year';

  @IntegerField({ ...seats, nullable: true, description: 'Purchased seats; null if the plan includes its seats' })
  seats!: number | null;

  @HeldQuantitiesField({ ...boughtAddOns, description: 'The quantity of each purchased add-on' })
  addOns!: Record<string, number>;

  @IntegerField({ min: 0, max: 1_000_000, description: 'Seats taken by members and pending invitations' })
  seatsInUse!: number;

  @TextField({ nullable: true, description: 'ISO 4217 code; null if the plan has no price' })
  currency!: string | null;

  @IntegerField({ ...amounts, description: 'The price of a period with its seats and add-ons, in minor units, without tax; 0 if it is free or canceled' })
  amount!: number;

  @ChoiceField(['manual', 'stripe'], { description: 'The party that manages the subscription: the operator, or Stripe' })
  provider!: string;

  @TimeField({ nullable: true, description: 'The end of the trial; null without one' })
  trialEndsAt!: Date | null;

  @TimeField({ description: 'The start of the running period of billing' })
  periodStart!: Date;

  @TimeField({ nullable: true, description: 'The end of the running period; null if the subscription has no periods' })
  periodEnd!: Date | null;

  @BooleanField({ description: 'Whether the subscription ends with the running period' })
  cancelAtPeriodEnd!: boolean;

  @TimeField({ nullable: true, description: 'The time at which it was canceled; null if it was not' })
  canceledAt!: Date | null;

  @TimeField({ nullable: true, description: 'The time since which a payment is late; null if none is' })
  pastDueSince!: Date | null;

  @ObjectField(() => ScheduledChangeDto, { nullable: true, description: 'The terms that begin with the next period; null without a scheduled change' })
  next!: ScheduledChangeDto | null;

  @ObjectField(() => PendingPurchaseDto, { nullable: true, description: 'The purchase that waits for approval or for its payment; null without one' })
  pending!: PendingPurchaseDto | null;

  @ChoiceField(choices('BillingMode', ['none', 'invoice', 'provider']), { description: 'The biller of the organization: nobody, tenantry by invoice, or the payment provider' })
  billing!: BillingMode;

  @ObjectField(() => UsageCostDto, {
    nullable: true,
    description: 'The cost of usage so far in the running period. null if tenantry does not charge for usage, for example if the payment provider does.',
  })
  usage!: UsageCostDto | null;

  @ListField(() => BalanceDto, { description: 'The sum of credit notes that no invoice has used. The next invoices in the currency are paid from it.' })
  balances!: BalanceDto[];
}

/** The facts that a subscription is shown with. */
export interface SubscriptionFacts {
  readonly terms: Terms;
  readonly billing: BillingMode;
  readonly seatsInUse: number;
  readonly pending: PendingPurchase | null;
  readonly balances: Balances;
  readonly usage: UsageSoFar | undefined;
}

export function toSubscriptionDto(row: Subscription, { terms, billing, seatsInUse, pending, balances, usage }: SubscriptionFacts): SubscriptionDto {
  const { plan, status, interval, provider, trialEndsAt, periodStart, periodEnd, cancelAtPeriodEnd, canceledAt, pastDueSince, nextPlan, nextInterval, nextSeats } = row;
  const nextAddOns = quantitiesByKey(addOnsIn(row.nextAddOns));
  const currency = currencyOf(terms.plan, interval, row.currency ?? undefined) ?? null;
  const next =
    nextPlan === null && nextInterval === null && nextSeats === null ? null : { plan: nextPlan ?? plan, interval: nextInterval ?? interval, seats: nextSeats, addOns: nextAddOns };
  const boughtSeats = sellsSeats(terms.plan) ? row.seats : null;
  const amount = status === 'canceled' ? 0 : amountOf(terms, currency ?? undefined);
  return {
    plan,
    status,
    interval,
    seats: boughtSeats,
    addOns: quantitiesByKey(quantitiesOf(terms.addOns)),
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
    pending: pending === null ? null : toPendingPurchaseDto(pending),
    billing,
    usage: toUsageCost(usage),
    balances: [...balances].map(([code, balance]) => ({ currency: code, amount: balance })),
  };
}

function toPendingPurchaseDto({ plan, interval, seats: bought, addOns: held, currency, invoiceId, requestedAt }: PendingPurchase): PendingPurchaseDto {
  const addOnQuantities = quantitiesByKey(addOnsIn(held));
  return { plan, interval, seats: bought, addOns: addOnQuantities, currency, waitsFor: invoiceId === null ? 'approval' : 'payment', invoiceId, requestedAt };
}

export function toUsageCost(soFar: UsageSoFar | undefined): UsageCostDto | null {
  if (soFar === undefined) return null;
  const { start, end, agreed } = soFar.period;
  const meters = soFar.usage.map(({ meter: { key, name, unit, decimals }, quantity, charges }) => {
    return { meter: key, name, unit, quantity: quantityOf(decimals, Number(quantity)), amount: Number(usageAmount(charges)) };
  });
  return { periodStart: start, periodEnd: end, currency: agreed.currency, amount: meters.reduce((sum, { amount }) => sum + amount, 0), meters };
}
