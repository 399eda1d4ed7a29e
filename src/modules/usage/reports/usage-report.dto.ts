import { ApiProperty } from '@nestjs/swagger';
import {
  BooleanQueryField,
  ChoiceField,
  DayOrTimeField,
  IntegerField,
  ListField,
  ObjectField,
  TextField,
  TextListQueryField,
  TimeField,
  UuidField,
} from '../../../common/http/fields.js';
import type { MeterKind } from '../../../config/catalog/catalog.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
export const usageGroupings = ['day', 'endpoint', 'user', 'key'] as const;
export type UsageGrouping = (typeof usageGroupings)[number];

export class UsageRangeQuery {
  @DayOrTimeField({ optional: true, description: 'The first day (UTC), or a time in it; the first of this month when left out' })
  from?: string;

  @DayOrTimeField({ optional: true, description: 'The last day (UTC), or the time before which; the end of this month when left out. At most 400 days after `from`' })
  to?: string;
}

export class UsageReportQuery extends UsageRangeQuery {
  @TextListQueryField({ description: 'Only these meters: `meter=a,b`, or `meter=a&meter=b`; all when left out' })
  meter?: string[];

  @ChoiceField(usageGroupings, { optional: true, description: 'Adds `groups`' })
  groupBy?: UsageGrouping;

  @BooleanQueryField({ optional: true, description: 'Adds the `history` of each counter: its periods within the range' })
  includeDetails?: boolean;
}

export class UsagePeriodDto {
  @TimeField({ nullable: true, description: 'null for what has no periods' })
  start!: Date | null;

  @TimeField({ nullable: true })
  end!: Date | null;

  @IntegerField({ ...units, description: 'Used in the present period, or in use now' })
  used!: number;

  @IntegerField({ ...units, description: 'Set aside: by reservations, and by servers for calls to come' })
  held!: number;

  @IntegerField({ ...units, nullable: true, description: 'With what grants allow beside the plan; null: unlimited' })
  limit!: number | null;

  @IntegerField({ ...units, nullable: true, description: 'null: unlimited' })
  remaining!: number | null;

  @TimeField({ nullable: true })
  resetsAt!: Date | null;
}

export class PastPeriodDto {
  @TimeField()
  periodStart!: Date;

  @TimeField()
  periodEnd!: Date;

  @IntegerField(units)
  used!: number;

  @IntegerField({ ...units, nullable: true, description: 'What the plan allowed when the period was closed; null: unlimited, or not closed yet' })
  allowance!: number | null;

  @TimeField({ nullable: true })
  closedAt!: Date | null;
}

export class MeterUsageDto {
  @TextField({ example: 'quizzes' })
  meter!: string;

  @TextField({ example: 'Quizzes' })
  name!: string;

  @ChoiceField(['gauge', 'counter', 'concurrent'])
  kind!: MeterKind;

  @TextField({ example: 'quiz' })
  unit!: string;

  @IntegerField({
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    description:
      'In the range: the sum of a counter, or its greatest value (`max`); of `unique` counters the sum of the periods that the range touches; the peak of a concurrent meter; of a gauge what is in use now',
  })
  used!: number;

  @ObjectField(() => UsagePeriodDto, { description: 'The present period, whatever the range is' })
  period!: UsagePeriodDto;

  @ListField(() => PastPeriodDto, { optional: true, description: 'With `includeDetails`' })
  history?: PastPeriodDto[];
}

export class RequestSumsDto {
  @IntegerField(units)
  total!: number;

  @IntegerField({ ...units, description: 'Answered with 400 or more' })
  failures!: number;

  @ApiProperty({ type: 'number', nullable: true, example: 12.5, description: 'null when there was none' })
  averageDurationMs!: number | null;

  @IntegerField({ ...units, description: 'Tokens that the product noted for them' })
  tokens!: number;
}

export class UsageGroupDto {
  @TextField({ optional: true, example: '2026-11-21', description: 'With `groupBy=day`' })
  day?: string;

  @TextField({ optional: true, example: 'POST', description: 'With `groupBy=endpoint`' })
  method?: string;

  @TextField({ optional: true, example: '/api/v1/usage/consume', description: 'With `groupBy=endpoint`: the template of the route' })
  endpoint?: string;

  @UuidField({ optional: true, description: 'With `groupBy=user`' })
  userId?: string;

  @UuidField({ optional: true, description: 'With `groupBy=key`' })
  apiKeyId?: string;

  @TextField({ optional: true, nullable: true, description: 'With `groupBy=user|key`; null when there is no such member or key any more' })
  name?: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { quizzes: 3 },
    description: 'Units by meter: sums, peaks of concurrent and `max` meters, events of `unique` ones, changes of gauges. None by endpoint',
  })
  meters!: Record<string, number>;

  @ObjectField(() => RequestSumsDto)
  requests!: RequestSumsDto;
}

export class UsageReportDto {
  @TimeField({ description: 'The beginning of the first day' })
  from!: Date;

  @TimeField({ description: 'The end of the last day' })
  to!: Date;

  @ListField(() => MeterUsageDto)
  meters!: MeterUsageDto[];

  @ObjectField(() => RequestSumsDto)
  requests!: RequestSumsDto;

  @ListField(() => UsageGroupDto, { optional: true, description: 'With `groupBy`: days in their order, else those with the most requests first' })
  groups?: UsageGroupDto[];
}
