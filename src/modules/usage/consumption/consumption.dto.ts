import { BooleanField, NumberField, RecordField, TextField, TimeField } from '../../../common/http/fields.js';
import { quantitiesOf, type MeterReading } from '../metering/meter-reading.js';
import { maxMetadataBytes, maxUnits, minQuantity } from '../metering/units.js';
import type { Consumed } from './consumption.service.js';

const units = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export class CheckUsageDto {
  @TextField({ max: 64, example: 'storage_gb', description: 'The key of the meter' })
  meter!: string;

  @NumberField({ optional: true, min: minQuantity, max: maxUnits, description: 'The number of units, with at most the decimals of the meter. Default: 1.' })
  quantity?: number;
}

export class ConsumeUsageDto extends CheckUsageDto {
  @TextField({ optional: true, max: 200, description: 'Your id of this call. Calls with the same id count once. Default: a new one, so each call counts.' })
  id?: string;

  @TextField({ optional: true, max: 200, description: 'The user or object that the units are for. Free text.' })
  subject?: string;

  @RecordField({ optional: true, maxBytes: maxMetadataBytes, description: 'Any data to store with the event, up to 4 kB' })
  metadata?: Record<string, unknown>;
}

export class MeterStateDto {
  @TextField({ example: 'storage_gb', description: 'The key of the meter' })
  meter!: string;

  @NumberField({ ...units, description: 'The units used in the current period, or in use now. Held units are not included.' })
  used!: number;

  @NumberField({ ...units, nullable: true, description: 'The limit, including grants. `null`: unlimited.' })
  limit!: number | null;

  @NumberField({ ...units, nullable: true, description: 'The units that are still available: the limit without the used and the held units. `null`: unlimited.' })
  remaining!: number | null;

  @TimeField({ nullable: true, description: 'The end of the current period. `null`: the meter does not reset.' })
  resetsAt!: Date | null;
}

export class ConsumedDto extends MeterStateDto {
  @TextField({ description: 'The id of the usage event' })
  eventId!: string;

  @BooleanField({ description: 'Whether an earlier call with the same id has counted the units. If so, this call counted nothing.' })
  repeated!: boolean;
}

export class UsageCheckDto extends MeterStateDto {
  @BooleanField({ description: 'Whether the units are available now' })
  allowed!: boolean;
}

export function toMeterStateDto(reading: MeterReading): MeterStateDto {
  const { used, limit, remaining } = quantitiesOf(reading);
  return { meter: reading.meter.key, used, limit, remaining, resetsAt: reading.end ?? null };
}

export const toConsumedDto = (consumed: Consumed): ConsumedDto => ({ ...toMeterStateDto(consumed), eventId: consumed.eventId, repeated: consumed.repeated });
