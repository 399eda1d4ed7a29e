import { expiresAt } from '../../access/principal/key-rotation.js';
import { BooleanField, ChoiceField, IntegerField, ListField, TextField, TextListField, TimeField, UuidField } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import type { Directory, DirectoryToken, DirectoryUser } from '../../generated/prisma/client.js';

const name = { max: 100, example: 'Entra ID', description: 'The name of the directory, unique in the organization' } as const;
const role = {
  max: 64,
  pattern: /^[a-z][a-z0-9_]*$/,
  example: 'member',
  description: 'The base role of the members whom the directory adds, unless their groups give another one',
} as const;

export class ListDirectoriesQuery extends pageQuery(['createdAt', 'name']) {}
export class ListDirectoryGroupsQuery extends pageQuery(['createdAt']) {}

const states = ['member', 'inactive', 'pending'] as const;

export class ListDirectoryUsersQuery extends pageQuery(['createdAt']) {
  @ChoiceField(states, { optional: true, description: 'Return only users in this state' })
  state?: (typeof states)[number];
}

export class CreateDirectoryDto {
  @TextField(name)
  name!: string;

  @TextField({ ...role, optional: true })
  role?: string;
}

export class UpdateDirectoryDto {
  @TextField({ ...name, optional: true, example: 'Entra ID of the group' })
  name?: string;

  @TextField({ ...role, optional: true })
  role?: string;

  @BooleanField({ optional: true, description: 'Whether the directory may provision. `false` refuses its requests.' })
  enabled?: boolean;
}

export class CreateDirectoryTokenDto {
  @TimeField({ ...expiresAt, description: 'The time at which the token expires; null for never' })
  expiresAt?: string | null;
}

export class DirectoryTokenDto {
  @UuidField({ description: 'The id of the token' })
  id!: string;

  @TextField({ example: 'tscim_…4Qx9', description: 'The last characters of the token, to identify it' })
  hint!: string;

  @TimeField({ nullable: true, description: 'The time at which the token expires; null for never' })
  expiresAt!: Date | null;

  @TimeField({ nullable: true, description: 'The time of the last request with the token, accurate to a few seconds; null for a token that was not used' })
  lastUsedAt!: Date | null;

  @TextField({ nullable: true, description: 'The IP address of the last request with the token; null for a token that was not used' })
  lastUsedIp!: string | null;

  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'The number of requests made with the token' })
  useCount!: number;

  @UuidField({ nullable: true, description: 'The member who created the token; null when unknown' })
  createdById!: string | null;

  @TimeField({ description: 'When the token was created' })
  createdAt!: Date;
}

export class DirectoryTokenSecretDto extends DirectoryTokenDto {
  @TextField({ description: 'The token. It is shown only once. Enter it in the directory as the bearer token.' })
  token!: string;
}

export class DirectoryDto {
  @UuidField({ description: 'The id of the directory' })
  id!: string;

  @TextField(name)
  name!: string;

  @BooleanField({ description: 'Whether the directory may provision' })
  enabled!: boolean;

  @TextField(role)
  role!: string;

  @TextField({ example: 'https://api.example.com/scim/v2', description: 'The URL to enter in the directory' })
  scimUrl!: string;

  @UuidField({
    nullable: true,
    description:
      'The member who created the directory, or set its role or `enabled` last. The directory admits nobody whom this member could not admit. Null for a directory without one, which admits nobody',
  })
  grantedById!: string | null;

  @ListField(() => DirectoryTokenDto, { description: 'The tokens of the directory, at most two' })
  tokens!: DirectoryTokenDto[];

  @TimeField({ description: 'When the directory was created' })
  createdAt!: Date;

  @TimeField({ description: 'When the directory was last changed' })
  updatedAt!: Date;
}

export class DirectoryPageDto extends pageOf(DirectoryDto) {}

/** Why an active user of a directory is not a member. */
export const pendingReasons = {
  no_address: 'The directory sends no email address. Map one to `emails` or to `userName`.',
  domain_not_proved: 'The address is not at an email domain that the organization has proved by DNS. Prove the domain, then try again.',
  account_disabled: 'The account with this address is disabled. Ask the operator.',
  account_linked: 'The account with this address belongs to another user of a directory of the organization. Delete that user in its directory, or give one another address.',
  granter_lost: 'The member who saved the directory can no longer admit members with its role. Set the role of the directory again as a member who can, then try again.',
  membership_ended: 'The user was a member, and left or was removed. Try again to make the user a member.',
} as const;
export type PendingReason = keyof typeof pendingReasons;

export class DirectoryUserDto {
  @UuidField({ description: 'The id of the user in SCIM' })
  id!: string;

  @TextField({ description: 'The `userName` in the directory' })
  userName!: string;

  @TextField({ nullable: true, description: 'The `externalId` in the directory; null for none' })
  externalId!: string | null;

  @TextField({ nullable: true, description: 'The address by which the user is provisioned; null for a user without one' })
  email!: string | null;

  @ChoiceField(states, { description: '`member`: a member of the organization; `inactive`: the directory has deactivated the user; `pending`: not a member, for `reason`' })
  state!: (typeof states)[number];

  @TextField({ nullable: true, description: 'The code of the reason why the user is not a member; null for a member and an inactive user' })
  reason!: string | null;

  @TextField({ nullable: true, description: 'The meaning of the reason, and how to remove it; null for a user without one' })
  explanation!: string | null;

  @UuidField({ nullable: true, description: 'The account to which the user is linked; null for a user who was never a member' })
  userId!: string | null;

  @TimeField({ description: 'When the directory created the user' })
  createdAt!: Date;

  @TimeField({ description: 'When the directory last changed the user' })
  updatedAt!: Date;
}

export class DirectoryUserPageDto extends pageOf(DirectoryUserDto) {}

export class DirectoryGroupDto {
  @UuidField({ description: 'The id of the group in SCIM' })
  id!: string;

  @TextField({ description: 'The name of the group in the directory' })
  displayName!: string;

  @TextField({ nullable: true, description: 'The `externalId` in the directory; null for none' })
  externalId!: string | null;

  @IntegerField({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'The number of users in the group' })
  members!: number;

  @TextField({ nullable: true, description: 'The base role that the group gives; null for none' })
  role!: string | null;

  @TextListField({ description: 'The keys of the custom roles that the group gives' })
  customRoles!: string[];

  @TextListField({ description: 'The ids of the teams that the group gives' })
  teamIds!: string[];

  @TimeField({ description: 'When the directory created the group' })
  createdAt!: Date;

  @TimeField({ description: 'When the directory last changed the group' })
  updatedAt!: Date;
}

export class DirectoryGroupPageDto extends pageOf(DirectoryGroupDto) {}

export class MapDirectoryGroupDto {
  @TextField({ ...role, optional: true, nullable: true, description: 'The base role that the group gives; null for none. Of several groups the highest role applies.' })
  role?: string | null;

  @TextListField({ optional: true, max: 50, description: 'The keys of the custom roles that the group gives' })
  customRoles?: string[];

  @TextListField({ optional: true, max: 50, description: 'The ids of the teams that the group gives' })
  teamIds?: string[];
}

export function toDirectoryTokenDto({ id, hint, expiresAt: expiry, lastUsedAt, lastUsedIp, useCount, createdById, createdAt }: DirectoryToken): DirectoryTokenDto {
  return { id, hint, expiresAt: expiry, lastUsedAt, lastUsedIp, useCount: Number(useCount), createdById, createdAt };
}

export function toDirectoryDto(
  { id, name: named, enabled, role: key, grantedById, tokens, createdAt, updatedAt }: Directory & { tokens: DirectoryToken[] },
  scimUrl: string,
): DirectoryDto {
  return {
    id,
    name: named,
    enabled,
    role: key,
    scimUrl,
    grantedById,
    tokens: tokens.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime()).map(toDirectoryTokenDto),
    createdAt,
    updatedAt,
  };
}

/** @param isMember whether the account of the user is a member of the organization */
export function toDirectoryUserDto(user: DirectoryUser, isMember: boolean): DirectoryUserDto {
  const { id, userName, externalId, email, active, userId, createdAt, updatedAt } = user;
  const state = !active ? 'inactive' : isMember ? 'member' : 'pending';
  const reason = state === 'pending' ? (user.pendingReason ?? 'membership_ended') : null;
  return {
    id,
    userName: userName ?? '',
    externalId,
    email,
    state,
    reason,
    explanation: reason === null ? null : (pendingReasons[reason as PendingReason] ?? null),
    userId,
    createdAt,
    updatedAt,
  };
}

interface GroupRow extends Omit<DirectoryGroupDto, 'members' | 'role' | 'customRoles' | 'teamIds'> {
  readonly _count: { readonly members: number };
  readonly mappings: readonly { readonly role: string | null; readonly teamId: string | null; readonly customRole: { readonly key: string } | null }[];
}

export function toDirectoryGroupDto({ id, displayName, externalId, mappings, _count, createdAt, updatedAt }: GroupRow): DirectoryGroupDto {
  return {
    id,
    displayName,
    externalId,
    members: _count.members,
    role: mappings.find((each) => each.role !== null)?.role ?? null,
    customRoles: mappings.flatMap(({ customRole }) => (customRole === null ? [] : [customRole.key])).sort(),
    teamIds: mappings.flatMap(({ teamId }) => teamId ?? []).sort(),
    createdAt,
    updatedAt,
  };
}
