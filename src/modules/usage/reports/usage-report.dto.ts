import { ApiProperty } from '@nestjs/swagger';
import {
  BooleanQueryField,
  ChoiceField,
  DayOrTimeField,
  IntegerField,
  ListField,
  NumberField,
  ObjectField,
  TextField,
  TextListQueryField,
  TimeField,
  UuidField,
  choices,
} from '../../../common/http/fields.js';
import type { MeterKind } from '../../../config/catalog/catalog.js';
import { MeterKindField } from '../metering/limits.dto.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
export const usageGroupings = ['day', 'endpoint', 'user', 'key'] as const;
export type UsageGrouping = (typeof usageGroupings)[number];

export class UsageRangeQuery {
  @DayOrTimeField({ optional: true, description: 'The first day (UTC), or a time on that day. Default: the first day of the current month.' })
  from?: string;

  @DayOrTimeField({
    optional: true,
    description: 'The last day (UTC), which is included, or a time, which is not. At most 400 days after `from`. Default: the end of the current month.',
  })
  to?: string;
}

export class UsageReportQuery extends UsageRangeQuery {
  @TextListQueryField({ description: 'Filters by meters: `meter=a,b`, or `meter=a&meter=b`. Default: all meters.' })
  meter?: string[];

  @ChoiceField(choices('UsageGrouping', usageGroupings), { optional: true, description: 'Adds `groups` to the report' })
  groupBy?: UsageGrouping;

  @BooleanQueryField({ optional: true, description: 'Adds `history` to each counter: its periods in the range' })
  includeDetails?: boolean;
}

export class UsagePeriodDto {
  @TimeField({ nullable: true, description: '`null`: the meter has no periods' })
  start!: Date | null;

  @TimeField({ nullable: true, description: '`null`: the meter has no periods' })
  end!: Date | null;

  @NumberField({ ...units, description: 'The units used in the current period, or in use now. Held units are not included.' })
  used!: number;

  @NumberField({ ...units, description: 'The units of open reservations, and the units that servers hold ready for requests' })
  held!: number;

  @NumberField({ ...units, nullable: true, description: 'The limit, including grants. `null`: unlimited.' })
  limit!: number | null;

  @NumberField({ ...units, nullable: true, description: 'The units that are still available: the limit without the used and the held units. `null`: unlimited.' })
  remaining!: number | null;

  @TimeField({ nullable: true, description: 'The end of the current period. `null`: the meter does not reset.' })
  resetsAt!: Date | null;
}

export class PastPeriodDto {
  @TimeField({ description: 'The start of the period' })
  periodStart!: Date;

  @TimeField({ description: 'The end of the period' })
  periodEnd!: Date;

  @NumberField({ ...units, description: 'The units that were used in it' })
  used!: number;

  @NumberField({ ...units, nullable: true, description: 'The allowance of the plan when the period was closed. `null`: unlimited, or the period is not closed.' })
  allowance!: number | null;

  @TimeField({ nullable: true, description: '`null`: the period is not closed' })
  closedAt!: Date | null;
}

export class MeterUsageDto {
  @TextField({ example: 'quizzes', description: 'The key of the meter' })
  meter!: string;

  @TextField({ example: 'Quizzes', description: 'The name of the meter, for people' })
  name!: string;

  @MeterKindField()
  kind!: MeterKind;

  @TextField({ example: 'quiz', description: 'The name of one unit' })
  unit!: string;

  @NumberField({
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    description:
      'The usage in the range. Counter: the sum of the quantities; with the aggregation `max` the greatest quantity; with `unique` the sum of the periods that overlap the range. Concurrent meter: the peak. Gauge: the units in use now.',
  })
  used!: number;

  @ObjectField(() => UsagePeriodDto, { description: 'The current period, independent of the range' })
  period!: UsagePeriodDto;

  @ListField(() => PastPeriodDto, { optional: true, description: 'Present with `includeDetails`' })
  history?: PastPeriodDto[];
}

export class RequestSumsDto {
  @IntegerField({ ...units, description: 'The number of requests' })
  total!: number;

  @IntegerField({ ...units, description: 'The number of responses with a status of 400 or more' })
  failures!: number;

  @ApiProperty({ type: 'number', nullable: true, example: 12.5, description: '`null`: there were no requests' })
  averageDurationMs!: number | null;

  @IntegerField({ ...units, description: 'The tokens that the application reported for the requests' })
  tokens!: number;
}

export class UsageGroupDto {
  @TextField({ optional: true, example: '2026-11-21', description: 'Present with `groupBy=day`' })
  day?: string;

  @TextField({ optional: true, example: 'POST', description: 'Present with `groupBy=endpoint`' })
  method?: string;

  @TextField({ optional: true, example: '/api/v1/usage/consume', description: 'Present with `groupBy=endpoint`: the template of the route' })
  endpoint?: string;

  @UuidField({ optional: true, description: 'Present with `groupBy=user`' })
  userId?: string;

  @UuidField({ optional: true, description: 'Present with `groupBy=key`: the id of an API key, or of a service key' })
  apiKeyId?: string;

  @TextField({ optional: true, nullable: true, description: 'Present with `groupBy=user` and `groupBy=key`. `null`: the member or key no longer exists.' })
  name?: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    example: { quizzes: 3 },
    description:
      'Units by meter: the sum of the quantities; the peak of concurrent meters and of the aggregation `max`; the number of events with the aggregation `unique`; the change of gauges. Empty with `groupBy=endpoint`.',
  })
  meters!: Record<string, number>;

  @ObjectField(() => RequestSumsDto, { description: 'The requests of the group' })
  requests!: RequestSumsDto;
}

export class UsageReportDto {
  @TimeField({ description: 'The start of the first day' })
  from!: Date;

  @TimeField({ description: 'The end of the last day' })
  to!: Date;

  @ListField(() => MeterUsageDto, { description: 'The use of each meter' })
  meters!: MeterUsageDto[];

  @ObjectField(() => RequestSumsDto, { description: 'The requests of the whole time' })
  requests!: RequestSumsDto;

  @ListField(() => UsageGroupDto, { optional: true, description: 'Present with `groupBy`. Sorted by day, or by the number of requests, greatest first.' })
  groups?: UsageGroupDto[];
}
