import { ChoiceField, IntegerField, ListField, TextField, TimeField } from '../../../common/http/fields.js';
import type { MeterReading } from './meter-reading.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class LimitDto {
  @TextField({ example: 'api_calls' })
  meter!: string;

  @TextField()
  name!: string;

  @ChoiceField(['gauge', 'counter', 'concurrent'])
  kind!: MeterReading['meter']['kind'];

  @TextField({ example: 'call' })
  unit!: string;

  @IntegerField({ ...units, nullable: true, description: 'With what grants allow beside the plan; null: unlimited' })
  limit!: number | null;

  @IntegerField(units)
  used!: number;

  @IntegerField({ ...units, description: 'Set aside: by reservations, and by servers for calls to come' })
  held!: number;

  @IntegerField({ ...units, nullable: true, description: 'null: unlimited' })
  remaining!: number | null;

  @IntegerField({ ...units, description: 'Of the limit: what is left of grants' })
  granted!: number;

  @TimeField({ nullable: true, description: 'When a counter begins anew; null for the other kinds' })
  resetsAt!: Date | null;
}

export class LimitListDto {
  @TextField({ example: 'pro' })
  plan!: string;

  @ListField(() => LimitDto)
  data!: LimitDto[];
}

export function toLimitDto(reading: MeterReading): LimitDto {
  const { meter, used, held, limit = null, remaining = null, granted, end = null } = reading;
  return {
    meter: meter.key,
    name: meter.name,
    kind: meter.kind,
    unit: meter.unit,
    limit,
    used,
    held,
    remaining,
    granted,
    resetsAt: end,
  };
}
