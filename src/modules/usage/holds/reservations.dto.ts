import { ChoiceField, IntegerField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import type { UsageReservation } from '../../../generated/prisma/client.js';
import { maxUnits } from '../metering/units.js';

const longest = 7 * 24 * 3600;

export class ReserveUsageDto {
  @TextField({ max: 64 })
  meter!: string;

  @IntegerField({ min: 1, max: maxUnits })
  quantity!: number;

  @IntegerField({ optional: true, min: 1, max: longest, description: 'Seconds until it is given back by itself; 600 when left out' })
  ttlSeconds?: number;

  @TextField({ optional: true, max: 200 })
  subject?: string;
}

export class CommitReservationDto {
  @IntegerField({ min: 0, max: maxUnits, description: 'What was used; the rest comes back' })
  quantity!: number;
}

export class ReservationDto {
  @UuidField()
  id!: string;

  @TextField()
  meter!: string;

  @IntegerField({ min: 1, max: maxUnits })
  quantity!: number;

  @ChoiceField(['open', 'committed', 'released', 'expired'])
  status!: UsageReservation['status'];

  @IntegerField({ min: 0, max: maxUnits, nullable: true })
  committed!: number | null;

  @TextField({ nullable: true })
  subject!: string | null;

  @TimeField()
  expiresAt!: Date;

  @TimeField()
  createdAt!: Date;
}

export function toReservationDto({ id, meter, quantity, status, committed, subject, expiresAt, createdAt }: UsageReservation): ReservationDto {
  return { id, meter, quantity: Number(quantity), status, committed: committed === null ? null : Number(committed), subject, expiresAt, createdAt };
}
