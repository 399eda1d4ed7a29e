import { ChoiceField, IntegerField, IntegerQueryField, TextField, TextListQueryField, TimeField, UuidField } from '../../../common/http/fields.js';
import { pageOf } from '../../../common/http/page.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
export const tenantUsageSorts = ['percent', '-percent', 'used', '-used'] as const;

export class ListTenantUsageQuery {
  @TextListQueryField({ description: 'Only these meters: `meter=a,b`; all when left out' })
  meter?: string[];

  @TextField({ optional: true, max: 63, description: 'Only tenants on this plan' })
  plan?: string;

  @IntegerQueryField({ min: 0, max: 1_000_000, description: 'Only where so much of the limit is used, in percent: never what is unlimited' })
  minPercent?: number;

  @ChoiceField(tenantUsageSorts, { optional: true, description: '`-percent` when left out; what is unlimited counts as less than nothing' })
  sort?: (typeof tenantUsageSorts)[number];

  @IntegerQueryField({ min: 1, max: 100, default: 20, description: 'Rows a page' })
  limit?: number;

  @TextField({ optional: true, max: 1000, description: '`nextCursor` of the page before' })
  cursor?: string;
}

export class TenantUsageDto {
  @UuidField()
  tenantId!: string;

  @TextField({ example: 'lincoln' })
  slug!: string;

  @TextField()
  name!: string;

  @TextField({ example: 'free' })
  plan!: string;

  @TextField({ example: 'api_calls' })
  meter!: string;

  @IntegerField({ ...units, description: 'In the present period, or in use now' })
  used!: number;

  @IntegerField({ ...units, nullable: true, description: 'With grants; null: unlimited' })
  limit!: number | null;

  @IntegerField({ ...units, nullable: true, description: 'Rounded down; null: unlimited' })
  percent!: number | null;

  @TimeField({ nullable: true })
  resetsAt!: Date | null;
}

export class TenantUsagePageDto extends pageOf(TenantUsageDto) {}
