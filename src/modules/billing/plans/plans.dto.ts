import { BooleanField, ChoiceField, IntegerField, ListField, NumberField, TextField, TextListField, choices } from '../../../common/http/fields.js';
import { WholeList } from '../../../common/http/pages/page.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import { usageModels, type AddOnDefinition, type Catalog, type MeterDefinition, type PlanDefinition, type UsagePrice } from '../../../config/catalog/catalog.js';

const intervals = ['month', 'year'] as const;
const amounts = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;

export class UnitPriceDto {
  @ChoiceField(choices('BillingInterval', intervals), { description: 'The period of billing that the price is for' })
  interval!: 'month' | 'year';

  @TextField({ description: 'ISO 4217 code', example: 'EUR' })
  currency!: string;

  @IntegerField({ ...amounts, description: 'The price of one period, in minor units, without tax' })
  amount!: number;
}

export class PriceDto extends UnitPriceDto {
  @BooleanField({ description: 'Whether the price is that of one seat' })
  perSeat!: boolean;
}

export class PlanLimitDto {
  @TextField({ description: 'The key of the meter' })
  meter!: string;

  @TextField({ description: 'The name of the meter, for people' })
  name!: string;

  @NumberField({ ...amounts, nullable: true, description: 'In units of the meter; 0 if the plan does not include them, null if unlimited' })
  limit!: number | null;
}

export class PlanDto {
  @TextField({ example: 'pro', description: 'The key with which the plan is bought' })
  key!: string;

  @TextField({ description: 'The name of the plan, for people' })
  name!: string;

  @TextField({ nullable: true, multiline: true, description: 'A text for the page of prices; null without one' })
  description!: string | null;

  @ListField(() => PriceDto, { description: 'The prices by interval and currency. Empty: the plan is free or is not sold.' })
  prices!: PriceDto[];

  @IntegerField({ ...amounts, description: 'The days of the trial with which a new organization on this plan begins; 0 without one' })
  trialDays!: number;

  @IntegerField({ ...amounts, nullable: true, description: 'The included seats, or the maximum if a price is `perSeat`; null if unlimited' })
  seats!: number | null;

  @TextListField({ description: 'The keys of the features that the plan includes' })
  features!: string[];

  @ListField(() => PlanLimitDto, { description: 'One limit for each meter of the catalog' })
  limits!: PlanLimitDto[];
}

export class AddOnUnitsDto {
  @TextField({ description: 'The key of the meter' })
  meter!: string;

  @TextField({ description: 'The name of the meter, for people' })
  name!: string;

  @NumberField({ ...amounts, description: 'Units that one add-on adds to the limit of the plan' })
  units!: number;
}

export class AddOnDto {
  @TextField({ example: 'extra_storage', description: 'The key with which the add-on is bought' })
  key!: string;

  @TextField({ description: 'The name of the add-on, for people' })
  name!: string;

  @TextField({ nullable: true, multiline: true, description: 'A text for the page of prices; null without one' })
  description!: string | null;

  @TextListField({ description: 'The keys of the plans with which the add-on is sold' })
  plans!: string[];

  @ListField(() => UnitPriceDto, { description: 'The prices of one add-on by interval and currency' })
  prices!: UnitPriceDto[];

  @IntegerField({ ...amounts, description: 'The maximum quantity of one organization' })
  max!: number;

  @ListField(() => AddOnUnitsDto, { description: 'The units that the add-on adds to limits' })
  limits!: AddOnUnitsDto[];

  @IntegerField({ ...amounts, description: 'The seats that one add-on adds to a plan that includes its seats; 0 for none' })
  seats!: number;

  @TextListField({ description: 'The keys of the features that the add-on includes' })
  features!: string[];
}

export class UsageTierDto {
  @IntegerField({ ...amounts, nullable: true, description: 'The last unit of the tier; null for no end' })
  upTo!: number | null;

  @NumberField({ ...amounts, description: 'The price of one unit, in minor units' })
  amount!: number;

  @IntegerField({ ...amounts, description: 'Charged once in addition if the tier applies, in minor units' })
  flat!: number;
}

export class UsagePriceDto {
  @ChoiceField(choices('BillingInterval', intervals), { description: 'The period of billing that the price is for' })
  interval!: 'month' | 'year';

  @TextField({ description: 'ISO 4217 code', example: 'EUR' })
  currency!: string;

  @ChoiceField(usageModels, {
    description: '`per_unit`: each unit; `package`: each started block of `per` units; `graduated`: each unit by its tier; `volume`: all units by the tier of the total',
  })
  model!: UsagePrice['model'];

  @NumberField({ ...amounts, nullable: true, description: 'The price of `per` units, in minor units, with at most 12 decimals; null if there are tiers' })
  amount!: number | null;

  @IntegerField({ ...amounts, description: 'The number of units that `amount` pays for. A partial block is charged in full.' })
  per!: number;

  @ListField(() => UsageTierDto, { description: 'The lowest first. Empty unless the model is `graduated` or `volume`.' })
  tiers!: UsageTierDto[];
}

export class MeteredDto {
  @TextField({ description: 'The key of the meter' })
  meter!: string;

  @TextField({ description: 'The name of the meter, for people' })
  name!: string;

  @TextField({ description: 'The name of one unit', example: 'token' })
  unit!: string;

  @ListField(() => UsagePriceDto, { description: 'The prices of its units by interval and currency' })
  prices!: UsagePriceDto[];
}

export class PlanListDto extends WholeList {
  @ListField(() => PlanDto, { description: 'All plans, in the order of the catalog' })
  data!: PlanDto[];

  @ListField(() => AddOnDto, { description: 'Add-ons that are sold with the plans' })
  addOns!: AddOnDto[];

  @ListField(() => MeteredDto, { description: 'Meters that are charged by usage, in addition to the plan' })
  usage!: MeteredDto[];
}

const nameIn = ({ meters }: Catalog, meter: string): string => meters.get(meter)?.name ?? meter;

export function toPlanDto(plan: PlanDefinition, catalog: Catalog): PlanDto {
  const { key, name, description, prices, trialDays, seats: included, features, limits } = plan;
  const rows = [...limits].map(([meter, limit]) => ({ meter, name: nameIn(catalog, meter), limit: limit === undefined ? null : quantityOf(catalog.decimalsOf(meter), limit) }));
  return { key, name, description: description ?? null, prices: [...prices], trialDays, seats: included ?? null, features: [...features], limits: rows };
}

export function toAddOnDto(addOn: AddOnDefinition, catalog: Catalog): AddOnDto {
  const { key, name, description, plans, prices, max, limits, seats, features } = addOn;
  const rows = [...limits].map(([meter, units]) => ({ meter, name: nameIn(catalog, meter), units: quantityOf(catalog.decimalsOf(meter), units) }));
  return { key, name, description: description ?? null, plans: [...plans], prices: [...prices], max, limits: rows, seats, features: [...features] };
}

export const toMeteredDto = ({ key, name, unit, prices }: MeterDefinition): MeteredDto => ({ meter: key, name, unit, prices: prices.map(toUsagePriceDto) });

const toUsagePriceDto = ({ amount, tiers, ...price }: UsagePrice): UsagePriceDto => ({
  ...price,
  amount: tiers.length > 0 ? null : amount,
  tiers: tiers.map(({ upTo, ...tier }) => ({ upTo: upTo ?? null, ...tier })),
});
