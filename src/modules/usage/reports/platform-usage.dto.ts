import { ChoiceField, IntegerField, IntegerQueryField, NumberField, TextField, TextListQueryField, TimeField, UuidField, choices } from '../../../common/http/fields.js';
import { CursorField, LimitField, pageOf } from '../../../common/http/pages/page.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
export const tenantUsageSorts = ['percent', '-percent', 'used', '-used'] as const;

export class ListTenantUsageQuery {
  @TextListQueryField({ description: 'Filters by meters, for example `meter=a,b`. Default: all meters.' })
  meter?: string[];

  @TextField({ optional: true, max: 63, description: 'Filters by plan' })
  plan?: string;

  @IntegerQueryField({ min: 0, max: 1_000_000, description: 'Filters by usage: at least this percentage of the limit. Excludes unlimited meters.' })
  minPercent?: number;

  @ChoiceField(choices('TenantUsageOrder', tenantUsageSorts), { optional: true, description: 'Default: `-percent`. Unlimited meters sort as -1 percent.' })
  sort?: (typeof tenantUsageSorts)[number];

  @LimitField()
  limit?: number;

  @CursorField()
  cursor?: string;
}

export class TenantUsageDto {
  @UuidField({ description: 'The id of the tenant' })
  tenantId!: string;

  @TextField({ example: 'lincoln', description: 'The unique short name of the tenant' })
  slug!: string;

  @TextField({ description: 'The name of the tenant' })
  name!: string;

  @TextField({ example: 'free', description: 'The key of its plan' })
  plan!: string;

  @TextField({ example: 'api_calls', description: 'The key of the meter' })
  meter!: string;

  @NumberField({ ...units, description: 'The units used in the current period, or in use now' })
  used!: number;

  @NumberField({ ...units, nullable: true, description: 'The limit, including grants. `null`: unlimited.' })
  limit!: number | null;

  @IntegerField({ ...units, nullable: true, description: 'The used part of the limit, rounded down. `null`: unlimited.' })
  percent!: number | null;

  @TimeField({ nullable: true, description: 'The end of the current period. `null`: the meter does not reset.' })
  resetsAt!: Date | null;
}

export class TenantUsagePageDto extends pageOf(TenantUsageDto, { counted: false }) {}
