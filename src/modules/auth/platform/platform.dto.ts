import { BooleanField, EmailField, ListField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
import { addressOf } from '../../../access/managed-accounts.js';
import { WholeList } from '../../../common/http/pages/page.js';
import { MembershipRefDto, toOrganizationRefDto } from '../auth.dto.js';
import type { OperatorRow } from './platform-admins.service.js';
import type { UserDetails } from './platform-users.service.js';

export class AddOperatorDto {
  @EmailField({ optional: true, description: 'The verified email address of the user' })
  email?: string;

  @UuidField({ optional: true, description: 'Instead of the address' })
  userId?: string;
}

export class OperatorDto {
  @UuidField({ description: 'The user id of the operator' })
  userId!: string;

  @EmailField({ description: 'The address with which the operator signs in' })
  email!: string;

  @TextField({ description: 'The name of the operator' })
  name!: string;

  @TimeField({ nullable: true, description: 'When the user was disabled; null if they are not. A disabled operator cannot act.' })
  disabledAt!: Date | null;

  @TimeField({ description: 'When the user became an operator' })
  createdAt!: Date;
}

export class OperatorListDto extends WholeList {
  @ListField(() => OperatorDto, { description: 'All operators of the platform' })
  data!: OperatorDto[];
}

export class RemoveSecondFactorDto {
  @TextField({
    min: 5,
    max: 500,
    example: 'Called back at the number in the contract',
    description: 'How you have verified who asks. It is in the audit logs of the platform and of the organizations of the user.',
  })
  reason!: string;
}

export class FindUsersQuery {
  @EmailField({ description: 'The email address of the accounts' })
  email!: string;
}

export class PlatformUserDto {
  @UuidField({ description: 'The id of the user' })
  id!: string;

  @EmailField({ nullable: true, description: 'The address with which the user signs in; null for a managed account' })
  email!: string | null;

  @TextField({ nullable: true, example: 'ada.l', description: 'The name with which a managed account signs in; null for other accounts' })
  userName!: string | null;

  @TextField({ description: 'The name that other members see' })
  name!: string;

  @BooleanField({ description: 'Whether the user has proved that the address is theirs' })
  emailVerified!: boolean;

  @BooleanField({ description: 'Whether the user has a second factor' })
  twoFactorEnabled!: boolean;

  @BooleanField({ description: 'Whether the user is an operator' })
  platformAdmin!: boolean;

  @ListField(() => MembershipRefDto, { description: 'The organizations of the user, with the role in each' })
  memberships!: MembershipRefDto[];

  @TimeField({ nullable: true, description: 'The time of the last sign-in; null for never' })
  lastLoginAt!: Date | null;

  @TimeField({ nullable: true, description: 'When the user was disabled; null for an enabled user' })
  disabledAt!: Date | null;

  @TimeField({ description: 'The time at which the account was created' })
  createdAt!: Date;
}

export class PlatformUserListDto extends WholeList {
  @ListField(() => PlatformUserDto, { description: 'The users that were found' })
  data!: PlatformUserDto[];
}

export function toOperatorDto({ userId, createdAt, user: { name, disabledAt, ...user } }: OperatorRow): OperatorDto {
  return { userId, email: addressOf(user), name, disabledAt, createdAt };
}

export function toPlatformUserDto(user: UserDetails): PlatformUserDto {
  const { id, email, userName, name, lastLoginAt, disabledAt, createdAt } = user;
  return {
    id,
    email,
    userName,
    name,
    emailVerified: user.emailVerifiedAt !== null,
    twoFactorEnabled: user.secondFactor?.confirmedAt != null,
    platformAdmin: user.platformAdmin !== null,
    memberships: user.memberships.map(({ organization, role }) => ({ organization: toOrganizationRefDto(organization), role })),
    lastLoginAt,
    disabledAt,
    createdAt,
  };
}
