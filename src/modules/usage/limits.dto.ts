import { ChoiceField, IntegerField, ListField, TextField, TimeField } from '../../common/http/fields.js';
import type { EntitlementSet } from '../../access/entitlements.js';
import type { MeterReading } from './meter-readings.service.js';

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

  @IntegerField({ ...units, nullable: true, description: 'null: unlimited' })
  limit!: number | null;

  @IntegerField(units)
  used!: number;

  @IntegerField({ ...units, nullable: true, description: 'null: unlimited' })
  remaining!: number | null;

  @TimeField({ nullable: true, description: 'When a counter begins anew; null for the other kinds' })
  resetsAt!: Date | null;
}

export class LimitListDto {
  @TextField({ example: 'pro' })
  plan!: string;

  @ListField(() => LimitDto)
  data!: LimitDto[];
}

export function toLimitDto({ meter, used, end }: MeterReading, entitlements: EntitlementSet): LimitDto {
  const limit = entitlements.limits.get(meter.key)?.limit ?? null;
  const remaining = limit === null ? null : Math.max(0, limit - used);
  return { meter: meter.key, name: meter.name, kind: meter.kind, unit: meter.unit, limit, used, remaining, resetsAt: end ?? null };
}
