import { expiresAt, KeyRotation } from '../../access/principal/key-rotation.js';
import { liveOverlap } from '../../access/principal/key-terms.js';
import { AddressRangesField } from '../../common/http/addresses/address-ranges.field.js';
import { BooleanField, BooleanQueryField, ChoiceField, IntegerField, TextField, TextListField, TimeField, UuidField } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import type { ApiKey } from '../../generated/prisma/client.js';

const owners = ['organization', 'me'] as const;
const states = ['active', 'disabled', 'expired'] as const;

const permissions = {
  max: 500,
  pattern: /^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$/,
  example: ['members:read', 'teams:read'],
  description: 'Permissions that you hold yourself, except those that manage access',
} as const;
const allowedIps = { optional: true, max: 100, description: 'The IP addresses and CIDR ranges from which the key can be used. Empty: all addresses.' } as const;
const rateLimit = {
  optional: true,
  nullable: true,
  min: 1,
  max: 1_000_000,
  description: "The key's own limit in requests per minute, in addition to the organization's rate limit; null for none",
} as const;

export class ListApiKeysQuery extends pageQuery(['createdAt', 'name']) {
  @ChoiceField(states, { optional: true, description: 'Only keys in this state' })
  status?: (typeof states)[number];

  @BooleanQueryField({ optional: true, description: 'Whether to return only keys with withheld permissions, or only keys without' })
  needsReview?: boolean;

  @UuidField({ optional: true, description: 'Return only keys that this member granted' })
  grantedById?: string;
}

export class CreateApiKeyDto {
  @TextField({ max: 100, example: 'Nightly import', description: 'A text by which people recognize the key' })
  name!: string;

  @TextListField(permissions)
  permissions!: string[];

  @ChoiceField(owners, {
    optional: true,
    description:
      '`organization` (default): the key belongs to the organization, which requires the permission `api_keys:write`. `me`: a personal key. It ends with your membership and never exceeds your permissions.',
  })
  belongsTo?: (typeof owners)[number];

  @TimeField(expiresAt)
  expiresAt?: string | null;

  @AddressRangesField(allowedIps)
  allowedIps?: string[];

  @IntegerField(rateLimit)
  rateLimit?: number | null;
}

export class UpdateApiKeyDto {
  @TextField({ optional: true, max: 100, example: 'Nightly import', description: 'A text by which people recognize the key' })
  name?: string;

  @TextListField({ ...permissions, optional: true })
  permissions?: string[];

  @BooleanField({ optional: true, description: 'false refuses requests with the key until it is enabled again' })
  enabled?: boolean;

  @TimeField(expiresAt)
  expiresAt?: string | null;

  @AddressRangesField(allowedIps)
  allowedIps?: string[];

  @IntegerField(rateLimit)
  rateLimit?: number | null;
}

export class RotateApiKeyDto extends KeyRotation {}

export class ApiKeyDto {
  @UuidField({ description: 'The id of the key, which is not secret' })
  id!: string;

  @TextField({ description: 'The text by which people recognize the key' })
  name!: string;

  @TextField({ example: 'tk_…4Qx9', description: 'The last characters of the secret, to identify the key' })
  hint!: string;

  @ChoiceField(states, { description: '`active`: the key can be used. `disabled`: `enabled` is false. `expired`: `expiresAt` is over.' })
  status!: (typeof states)[number];

  @TextListField({ description: 'The permissions that the key was given' })
  permissions!: string[];

  @UuidField({ nullable: true, description: 'The owner of a personal key; null for a key of the organization' })
  ownerId!: string | null;

  @BooleanField({ description: 'Whether requests with the key are accepted' })
  enabled!: boolean;

  @TimeField({ nullable: true, description: 'The time from which on the key is refused; null for never' })
  expiresAt!: Date | null;

  @TextListField({ description: 'The IP addresses and CIDR ranges from which the key can be used. Empty: all addresses.' })
  allowedIps!: string[];

  @IntegerField({ nullable: true, min: 1, max: 1_000_000, description: 'The requests per minute that the key may make; null if only the limits of the plan apply' })
  rateLimit!: number | null;

  @TimeField({ nullable: true, description: 'The time until which the previous secret works; null when it does not work' })
  previousExpiresAt!: Date | null;

  @TimeField({ nullable: true, description: 'The time of the last request with the key, accurate to a few seconds; null if it was not used' })
  lastUsedAt!: Date | null;

  @TextField({ nullable: true, description: 'The IP address of the last request with the key; null if it was not used' })
  lastUsedIp!: string | null;

  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'The number of requests made with the key' })
  useCount!: number;

  @UuidField({ nullable: true, description: 'The user who created the key; null if the account was deleted' })
  createdById!: string | null;

  @UuidField({
    nullable: true,
    description:
      'The member who received the secret: who created the key or rotated it last. The key has no permission that this member does not hold at present. null if the account was deleted.',
  })
  grantedById!: string | null;

  @BooleanField({ description: 'Whether the key has withheld permissions. Rotate or revoke it.' })
  needsReview!: boolean;

  @TextListField({ description: 'Permissions of a key of the organization that it cannot use, because the member in `grantedById` no longer holds them' })
  withheldPermissions!: string[];

  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;
}

export class ApiKeySecretDto extends ApiKeyDto {
  @TextField({ description: 'The secret. It is shown only once. Send it as X-API-Key or as a bearer token.' })
  key!: string;
}

export class ApiKeyPageDto extends pageOf(ApiKeyDto) {}

/** Returns the member whose present permissions limit a key. */
export const granterOf = ({ ownerId, grantedById, createdById }: Pick<ApiKey, 'ownerId' | 'grantedById' | 'createdById'>): string | null => ownerId ?? grantedById ?? createdById;

/** @param withheldPermissions the permissions of a key of the organization that its granter no longer holds */
export function toApiKeyDto(row: ApiKey, now: Date, withheldPermissions: string[]): ApiKeyDto {
  const { id, name, hint, permissions: allowed, ownerId, enabled, expiresAt: expiry, rateLimit: limit, lastUsedAt, lastUsedIp, createdById, createdAt, updatedAt } = row;
  const status = !enabled ? 'disabled' : expiry !== null && expiry <= now ? 'expired' : 'active';
  const use = { lastUsedAt, lastUsedIp, useCount: Number(row.useCount) };
  return {
    id,
    name,
    hint,
    status,
    permissions: [...allowed],
    ownerId,
    enabled,
    expiresAt: expiry,
    allowedIps: row.allowedIps,
    rateLimit: limit,
    previousExpiresAt: liveOverlap(row, now),
    ...use,
    createdById,
    grantedById: granterOf(row),
    needsReview: withheldPermissions.length > 0,
    withheldPermissions,
    createdAt,
    updatedAt,
  };
}
