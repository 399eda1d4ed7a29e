import { BooleanField, ChoiceField, IntegerField, ListField, TextField, TextListField } from '../../common/http/fields.js';
import type { MeterDefinition, PlanDefinition } from '../../config/catalog/catalog.js';

const intervals = ['month', 'year'] as const;
const amounts = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;

export class PriceDto {
  @ChoiceField(intervals)
  interval!: 'month' | 'year';

  @TextField({ description: 'ISO 4217', example: 'EUR' })
  currency!: string;

  @IntegerField({ ...amounts, description: 'Minor units' })
  amount!: number;

  @BooleanField({ description: 'Whether it is charged for each seat' })
  perSeat!: boolean;
}

export class PlanLimitDto {
  @TextField()
  meter!: string;

  @TextField()
  name!: string;

  @IntegerField({ ...amounts, nullable: true, description: 'null: unlimited' })
  limit!: number | null;
}

export class PlanDto {
  @TextField({ example: 'pro' })
  key!: string;

  @TextField()
  name!: string;

  @TextField({ nullable: true })
  description!: string | null;

  @ListField(() => PriceDto)
  prices!: PriceDto[];

  @IntegerField({ ...amounts })
  trialDays!: number;

  @IntegerField({ ...amounts, nullable: true, description: 'Seats that it includes, or can have at most; null: unlimited' })
  seats!: number | null;

  @TextListField()
  features!: string[];

  @ListField(() => PlanLimitDto)
  limits!: PlanLimitDto[];
}

export class UsagePriceDto {
  @ChoiceField(intervals, { description: 'As that of the plan that it is charged beside' })
  interval!: 'month' | 'year';

  @TextField({ description: 'ISO 4217', example: 'EUR' })
  currency!: string;

  @IntegerField({ ...amounts, description: 'Minor units' })
  amount!: number;

  @IntegerField({ ...amounts, description: 'Units that the amount buys; those that were begun count whole' })
  per!: number;
}

export class MeteredDto {
  @TextField()
  meter!: string;

  @TextField()
  name!: string;

  @TextField({ description: 'What one of it is called', example: 'token' })
  unit!: string;

  @ListField(() => UsagePriceDto)
  prices!: UsagePriceDto[];
}

export class PlanListDto {
  @ListField(() => PlanDto)
  data!: PlanDto[];

  @ListField(() => MeteredDto, { description: 'What is charged for by usage, beside a plan' })
  usage!: MeteredDto[];
}

export function toPlanDto(plan: PlanDefinition, nameOf: (meter: string) => string): PlanDto {
  const { key, name, description, prices, trialDays, seats: included, features, limits } = plan;
  const rows = [...limits].map(([meter, limit]) => ({ meter, name: nameOf(meter), limit: limit ?? null }));
  return { key, name, description: description ?? null, prices: [...prices], trialDays, seats: included ?? null, features: [...features], limits: rows };
}

export const toMeteredDto = ({ key, name, unit, prices }: MeterDefinition): MeteredDto => ({ meter: key, name, unit, prices: [...prices] });
