import { IntegerField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import type { UsageLease } from '../../../generated/prisma/client.js';

const ttl = { min: 1, max: 24 * 3600 } as const;

export class AcquireLeaseDto {
  @TextField({ max: 64, example: 'roblox_sessions', description: 'The key of the meter' })
  meter!: string;

  @IntegerField({ ...ttl, optional: true, description: 'The lease expires this many seconds after its last heartbeat. Default: 60.' })
  ttlSeconds?: number;

  @TextField({ optional: true, max: 200, description: 'The user or object that the lease is for. Free text.' })
  subject?: string;
}

export class ProlongLeaseDto {
  @IntegerField({ ...ttl, optional: true, description: 'The lease expires this many seconds from now. Default: the value of the last heartbeat.' })
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
