import { IntegerField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import type { UsageLease } from '../../../generated/prisma/client.js';

const ttl = { min: 1, max: 24 * 3600 } as const;

export class AcquireLeaseDto {
  @TextField({ max: 64, example: 'roblox_sessions', description: 'The key of a concurrent meter' })
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
  @UuidField({ description: 'The id of the lease, for heartbeats' })
  id!: string;

  @TextField({ description: 'The key of the meter' })
  meter!: string;

  @TextField({ nullable: true, description: 'The user or object that the lease is for; null if none was named' })
  subject!: string | null;

  @IntegerField({ ...ttl, description: 'The lease expires this many seconds after its last heartbeat' })
  ttlSeconds!: number;

  @TimeField({ description: 'The time at which the lease expires without a heartbeat' })
  expiresAt!: Date;

  @TimeField({ description: 'The time at which the lease began' })
  createdAt!: Date;
}

export function toLeaseDto({ id, meter, subject, ttlSeconds, expiresAt, createdAt }: UsageLease): LeaseDto {
  return { id, meter, subject, ttlSeconds, expiresAt, createdAt };
}
