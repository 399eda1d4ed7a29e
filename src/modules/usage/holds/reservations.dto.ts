import { ChoiceField, IntegerField, NumberField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import { quantityOf } from '../../../config/catalog/quantities.js';
import type { UsageReservation } from '../../../generated/prisma/client.js';
import { maxUnits, minQuantity } from '../metering/units.js';

const maxTtlSeconds = 7 * 24 * 3600;

export class ReserveUsageDto {
  @TextField({ max: 64, example: 'quizzes', description: 'The key of a counter that adds up quantities, except for one that tenantry counts itself' })
  meter!: string;

  @NumberField({ min: minQuantity, max: maxUnits, description: 'The units to set aside. A commit can have more if the limit leaves room.' })
  quantity!: number;

  @IntegerField({ optional: true, min: 1, max: maxTtlSeconds, description: 'The reservation expires after this many seconds. Default: 600.' })
  ttlSeconds?: number;

  @TextField({ optional: true, max: 200, description: 'The user or object that the units are for. Free text.' })
  subject?: string;
}

export class CommitReservationDto {
  @NumberField({ min: 0, max: maxUnits, description: 'The number of units that were used. The rest is returned. More than were set aside are counted if the limit leaves room.' })
  quantity!: number;
}

export class ReservationDto {
  @UuidField({ description: 'The id of the reservation, for its commit' })
  id!: string;

  @TextField({ description: 'The key of the meter' })
  meter!: string;

  @NumberField({ min: minQuantity, max: maxUnits, description: 'The units that were set aside' })
  quantity!: number;

  @ChoiceField(['open', 'committed', 'released', 'expired'], {
    description: '`open`: the units are set aside. `committed`: the used ones are counted. `released` and `expired`: all were returned.',
  })
  status!: UsageReservation['status'];

  @NumberField({ min: 0, max: maxUnits, nullable: true, description: 'The units that were counted; null if it is not committed' })
  committed!: number | null;

  @TextField({ nullable: true, description: 'The user or object that the units are for; null if none was named' })
  subject!: string | null;

  @TimeField({ description: 'The time at which an open reservation is returned' })
  expiresAt!: Date;

  @TimeField({ description: 'The time of the reservation' })
  createdAt!: Date;

  @TimeField({ description: 'The time at which it was committed, released or has expired; of an open one, that of the reservation' })
  updatedAt!: Date;
}

export function toReservationDto({ id, meter, quantity, status, committed, subject, expiresAt, createdAt, closedAt }: UsageReservation, decimals: number): ReservationDto {
  const shown = (parts: bigint): number => quantityOf(decimals, Number(parts));
  return { id, meter, quantity: shown(quantity), status, committed: committed === null ? null : shown(committed), subject, expiresAt, createdAt, updatedAt: closedAt ?? createdAt };
}
