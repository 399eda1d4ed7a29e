import {
  BooleanField,
  ChoiceField,
  HeldQuantitiesField,
  IntegerField,
  ListField,
  NumberField,
  ObjectField,
  TextField,
  TextListField,
  TimeField,
  UuidField,
} from '../../../common/http/fields.js';
import type { PlannedCreditNote } from '../terms/documents.policy.js';
import type { Line } from '../terms/prices.policy.js';
import { amounts, boughtAddOns, seats, UsageCostDto } from './subscription.dto.js';

export class ChargeDto {
  @TextField({ description: 'The text of the charge or credit' })
  description!: string;

  @IntegerField({ ...amounts, description: 'In minor units, without tax' })
  amount!: number;
}

export class CreditPreviewDto {
  @TextField({
    nullable: true,
    description: 'The number of the invoice that is credited in part. null if the payment provider collects: the amounts are then estimates, except for those of a checkout page.',
  })
  invoice!: string | null;

  @ListField(() => ChargeDto, { description: 'The credited amounts' })
  lines!: ChargeDto[];

  @IntegerField({ ...amounts, description: 'In minor units' })
  tax!: number;

  @IntegerField({ ...amounts, description: 'With tax, in minor units' })
  total!: number;

  @IntegerField({ ...amounts, description: 'The part that reduces the amount due' })
  reducesDue!: number;

  @IntegerField({ ...amounts, description: 'The part that adds to the balance, from which the next invoices are paid' })
  addsToBalance!: number;
}

export class ExcessDto {
  @TextField({ description: 'The key of the meter' })
  meter!: string;

  @NumberField({ ...amounts, description: 'The units in use' })
  used!: number;

  @NumberField({ ...amounts, description: 'The limit after the change' })
  limit!: number;
}

export class LockedOutRoleDto {
  @TextField({ example: 'quiz_editor', description: 'The key of the custom role' })
  key!: string;

  @TextField({ description: 'The name of the role, for people' })
  name!: string;

  @IntegerField({ min: 0, max: 1_000_000, description: 'Members who hold the role directly or through a team. They keep their other roles.' })
  members!: number;
}

export class LockedOutKeyDto {
  @UuidField({ description: 'The id of the API key' })
  id!: string;

  @TextField({ description: 'The text by which people recognize the key' })
  name!: string;
}

export class LockedOutDto {
  @ListField(() => LockedOutRoleDto, { description: 'Custom roles that would no longer have an effect' })
  customRoles!: LockedOutRoleDto[];

  @ListField(() => LockedOutKeyDto, { description: 'API keys that would be refused' })
  apiKeys!: LockedOutKeyDto[];

  @IntegerField({ min: 0, max: 1_000_000, description: 'Members and invitations beyond the seats. They stay, but nobody else can join.' })
  members!: number;
}

export class SubscriptionPreviewDto {
  @TimeField({ description: 'When the change would begin' })
  effectiveAt!: Date;

  @TextField({ description: 'The key of the plan after the change' })
  plan!: string;

  @IntegerField({ ...seats, nullable: true, description: 'The purchased seats after the change; null if the plan includes its seats' })
  seats!: number | null;

  @HeldQuantitiesField({ ...boughtAddOns, description: 'The quantity of each add-on after the change' })
  addOns!: Record<string, number>;

  @TextListField({ description: 'Add-ons that would end, because the request removes them or because they are not sold with the plan' })
  addOnsLost!: string[];

  @TextField({ nullable: true, description: 'ISO 4217 code; null if the plan has no price' })
  currency!: string | null;

  @ListField(() => ChargeDto, { description: 'The charges now' })
  lines!: ChargeDto[];

  @IntegerField({ ...amounts, description: 'The sum of the lines, in minor units' })
  subtotal!: number;

  @IntegerField({ ...amounts, description: 'The tax on the subtotal, in minor units' })
  tax!: number;

  @IntegerField({ ...amounts, description: 'Subtotal and tax' })
  total!: number;

  @IntegerField({ ...amounts, description: 'The part of the total that the balance would pay, including the credits' })
  balanceApplied!: number;

  @IntegerField({ ...amounts, description: 'The amount due of the new invoice' })
  dueNow!: number;

  @ListField(() => CreditPreviewDto, { description: 'The credit notes on earlier invoices' })
  credits!: CreditPreviewDto[];

  @ChoiceField(['approval', 'payment', 'checkout'], {
    nullable: true,
    description:
      'The event that the purchase would wait for: the approval of the operator, the payment of its invoice, or the payment on a checkout page (POST /organizations/{organizationId}/billing/checkout). The amounts are then those of the page. null if it begins at once.',
  })
  waitsFor!: 'approval' | 'payment' | 'checkout' | null;

  @ObjectField(() => UsageCostDto, {
    nullable: true,
    description: 'The cost of usage so far in the running period. null if tenantry does not charge for usage, for example if the payment provider does.',
  })
  usage!: UsageCostDto | null;

  @BooleanField({ description: 'Whether the subscription would end with the period, because it is canceled. A change does not withdraw a cancellation.' })
  cancelAtPeriodEnd!: boolean;

  @IntegerField({ ...amounts, description: 'The price of each period after the change, in minor units' })
  amountPerPeriod!: number;

  @TextListField({ description: 'The keys of features that would no longer be available' })
  featuresLost!: string[];

  @TextListField({ description: 'The keys of features that would become available' })
  featuresGained!: string[];

  @ListField(() => ExcessDto, { description: 'The meters whose use is above the limit after the change' })
  overLimits!: ExcessDto[];

  @ObjectField(() => LockedOutDto, { description: 'The roles, keys and members that would be affected' })
  lockedOut!: LockedOutDto;

  @BooleanField({
    description:
      'Whether the change would be accepted. It is not if usage is over the new limits, a cancellation is scheduled and the change would begin with the next period, invoices are overdue, or nothing is billed; a purchase on a checkout page also not while an invoice is open.',
  })
  possible!: boolean;
}

export const toCharges = (lines: readonly Pick<Line, 'description' | 'amount'>[]): ChargeDto[] => lines.map(({ description, amount }) => ({ description, amount }));

export function toCreditPreview({ invoice: { id, number }, credits, tax, total, settled }: PlannedCreditNote): CreditPreviewDto {
  // The number of an invoice that is only rehearsed is not known.
  return { invoice: number === id ? null : number, lines: toCharges(credits), tax, total, reducesDue: settled.due, addsToBalance: settled.balance };
}
