import { expiresAt, KeyRotation } from '../../access/principal/key-rotation.js';
import { liveOverlap } from '../../access/principal/key-terms.js';
import { serviceScopeNames, serviceScopes, type ServiceScope } from '../../access/service-scopes.js';
import { AddressRangesField } from '../../common/http/addresses/address-ranges.field.js';
import { ChoiceField, ChoiceListField, IntegerField, TextField, TextListField, TimeField, UuidField, choices } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import type { ServiceKey } from '../../generated/prisma/client.js';

const states = ['active', 'expired'] as const;

const scopes = {
  min: 1,
  example: ['tenant:read', 'usage:report'],
  description: `The scopes of the key, each once. ${serviceScopeNames.map((name) => `\`${name}\`: ${serviceScopes[name].description}.`).join(' ')}`,
} as const;
const allowedIps = {
  optional: true,
  max: 100,
  description: 'The IP addresses and CIDR ranges from which the key can be used. Empty: all addresses, the default of a new key.',
} as const;
const rateLimit = {
  optional: true,
  nullable: true,
  min: 1,
  max: 1_000_000,
  description:
    'The limit of the key in requests per minute, in all organizations together; null for none, the default of a new key. The rate limit of each organization applies in addition.',
} as const;

export class ListServiceKeysQuery extends pageQuery(['createdAt', 'name']) {}

export class CreateServiceKeyDto {
  @TextField({ max: 100, example: 'Grading backend', description: 'The name of the key, also in audit logs' })
  name!: string;

  @ChoiceListField(choices('ServiceScope', serviceScopeNames), scopes)
  scopes!: ServiceScope[];

  @TimeField(expiresAt)
  expiresAt?: string | null;

  @AddressRangesField(allowedIps)
  allowedIps?: string[];

  @IntegerField(rateLimit)
  rateLimit?: number | null;
}

export class UpdateServiceKeyDto {
  @TextField({ optional: true, max: 100, example: 'Grading backend', description: 'The name of the key, also in audit logs' })
  name?: string;

  @ChoiceListField(choices('ServiceScope', serviceScopeNames), { ...scopes, optional: true })
  scopes?: ServiceScope[];

  @TimeField(expiresAt)
  expiresAt?: string | null;

  @AddressRangesField(allowedIps)
  allowedIps?: string[];

  @IntegerField(rateLimit)
  rateLimit?: number | null;
}

export class RotateServiceKeyDto extends KeyRotation {}

export class ServiceKeyDto {
  @UuidField({ description: 'The id of the key' })
  id!: string;

  @TextField({ description: 'The name of the key' })
  name!: string;

  @TextField({ example: 'tsk_…4Qx9', description: 'The prefix and the last four characters of the secret, to identify the key' })
  hint!: string;

  @ChoiceField(states, { description: '`active`: the key works. `expired`: `expiresAt` has passed.' })
  status!: (typeof states)[number];

  @TextListField({ description: 'The scopes of the key' })
  scopes!: string[];

  @TimeField({ nullable: true, description: 'The time at which the key expires; null for never' })
  expiresAt!: Date | null;

  @TextListField({ description: 'The addresses and ranges from which the key can be used; empty for all' })
  allowedIps!: string[];

  @IntegerField({ nullable: true, min: 1, max: 1_000_000, description: 'The limit of the key in requests per minute, in all organizations together; null for none' })
  rateLimit!: number | null;

  @TimeField({ nullable: true, description: 'The time until which the previous secret works; null when it does not work' })
  previousExpiresAt!: Date | null;

  @TimeField({ nullable: true, description: 'The time of the last request with the key, accurate to a few seconds; null if it was not used' })
  lastUsedAt!: Date | null;

  @TextField({ nullable: true, description: 'The IP address of the last request with the key; null if it was not used' })
  lastUsedIp!: string | null;

  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'The number of requests made with the key, up to a few seconds ago' })
  useCount!: number;

  @UuidField({ nullable: true, description: 'The operator who created the key; null for the command line' })
  createdById!: string | null;

  @TimeField({ description: 'When the key was created' })
  createdAt!: Date;

  @TimeField({ description: 'When the key was last changed or rotated' })
  updatedAt!: Date;
}

export class ServiceKeySecretDto extends ServiceKeyDto {
  @TextField({ description: 'The secret. It is shown only once. Send it as X-API-Key or as a bearer token.' })
  key!: string;
}

export class ServiceKeyPageDto extends pageOf(ServiceKeyDto) {}

export function toServiceKeyDto(row: ServiceKey, now: Date): ServiceKeyDto {
  const { id, name, hint, expiresAt: expiry, allowedIps: ranges, rateLimit: limit, lastUsedAt, lastUsedIp, useCount, createdById, createdAt, updatedAt } = row;
  return {
    id,
    name,
    hint,
    status: expiry !== null && expiry <= now ? 'expired' : 'active',
    scopes: row.scopes,
    expiresAt: expiry,
    allowedIps: ranges,
    rateLimit: limit,
    previousExpiresAt: liveOverlap(row, now),
    lastUsedAt,
    lastUsedIp,
    useCount: Number(useCount),
    createdById,
    createdAt,
    updatedAt,
  };
}
