import { IntegerField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import type { UsageLease } from '../../../generated/prisma/client.js';

const ttl = { min: 1, max: 24 * 3600 } as const;

export class AcquireLeaseDto {
  @TextField({ max: 64, example: 'roblox_sessions' })
  meter!: string;

  @IntegerField({ ...ttl, optional: true, description: 'Seconds without a heartbeat after which the unit is free again; 60 when left out' })
  ttlSeconds?: number;

  @TextField({ optional: true, max: 200, description: 'Whom or what it is for, in your own words' })
  subject?: string;
}

export class ProlongLeaseDto {
  @IntegerField({ ...ttl, optional: true, description: 'Seconds from now; those it was taken for when left out' })
  ttlSeconds?: number;
}

export class LeaseDto {
  @UuidField()
  id!: string;

  @TextField()
  meter!: string;

  @TextField({ nullable: true })
  subject!: string | null;

  @IntegerField(ttl)
  ttlSeconds!: number;

  @TimeField()
  expiresAt!: Date;

  @TimeField()
  createdAt!: Date;
}

export function toLeaseDto({ id, meter, subject, ttlSeconds, expiresAt, createdAt }: UsageLease): LeaseDto {
  return { id, meter, subject, ttlSeconds, expiresAt, createdAt };
}
