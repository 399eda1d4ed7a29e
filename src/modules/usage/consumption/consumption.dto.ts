import { BooleanField, IntegerField, RecordField, TextField, TimeField } from '../../../common/http/fields.js';
import type { MeterReading } from '../metering/meter-reading.js';
import { maxMetadataBytes, maxUnits } from '../metering/units.js';
import type { Consumed } from './consumption.service.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class CheckUsageDto {
  @TextField({ max: 64, example: 'quizzes' })
  meter!: string;

  @IntegerField({ optional: true, min: 1, max: maxUnits, description: 'Units; 1 when left out' })
  quantity?: number;
}

export class ConsumeUsageDto extends CheckUsageDto {
  @TextField({ optional: true, max: 200, description: 'An id of your own: a repetition with the same id counts once' })
  id?: string;

  @TextField({ optional: true, max: 200, description: 'Whom or what it is for, in your own words' })
  subject?: string;

  @RecordField({ optional: true, maxBytes: maxMetadataBytes, description: 'Whatever you want to find in the ledger, up to 4 kB' })
  metadata?: Record<string, unknown>;
}

export class MeterStateDto {
  @TextField({ example: 'quizzes' })
  meter!: string;

  @IntegerField(units)
  used!: number;

  @IntegerField({ ...units, nullable: true, description: 'With what grants allow beside the plan; null: unlimited' })
  limit!: number | null;

  @IntegerField({ ...units, nullable: true, description: 'null: unlimited' })
  remaining!: number | null;

  @TimeField({ nullable: true })
  resetsAt!: Date | null;
}

export class ConsumedDto extends MeterStateDto {
  @TextField({ description: 'Of the event in the ledger of usage' })
  eventId!: string;

  @BooleanField({ description: 'Whether it was counted before, so that this call counted nothing' })
  repeated!: boolean;
}

export class UsageCheckDto extends MeterStateDto {
  @BooleanField()
  allowed!: boolean;
}

export function toMeterStateDto(reading: MeterReading): MeterStateDto {
  const { meter, used, limit = null, remaining = null, end = null } = reading;
  return {
    meter: meter.key,
    used,
    limit,
    remaining,
    resetsAt: end,
  };
}

export const toConsumedDto = (consumed: Consumed): ConsumedDto => ({ ...toMeterStateDto(consumed), eventId: consumed.eventId, repeated: consumed.repeated });
