import { BooleanField, EmailField, ListField, TextField, TimeField, UuidField } from '../../../common/http/fields.js';
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
  @UuidField()
  userId!: string;

  @EmailField()
  email!: string;

  @TextField()
  name!: string;

  @TimeField({ nullable: true, description: 'When the user was disabled. A disabled operator cannot act.' })
  disabledAt!: Date | null;

  @TimeField({ description: 'When the user became an operator' })
  createdAt!: Date;
}

export class OperatorListDto {
  @ListField(() => OperatorDto)
  data!: OperatorDto[];
}

export class FindUsersQuery {
  @EmailField({ description: 'The email address of the accounts' })
  email!: string;
}

export class PlatformUserDto {
  @UuidField()
  id!: string;

  @EmailField()
  email!: string;

  @TextField()
  name!: string;

  @BooleanField()
  emailVerified!: boolean;

  @BooleanField({ description: 'Whether the user has a second factor' })
  twoFactorEnabled!: boolean;

  @BooleanField({ description: 'Whether the user is an operator' })
  platformAdmin!: boolean;

  @ListField(() => MembershipRefDto)
  memberships!: MembershipRefDto[];

  @TimeField({ nullable: true })
  lastLoginAt!: Date | null;

  @TimeField({ nullable: true, description: 'When the user was disabled; null for an enabled user' })
  disabledAt!: Date | null;

  @TimeField()
  createdAt!: Date;
}

export class PlatformUserListDto {
  @ListField(() => PlatformUserDto)
  data!: PlatformUserDto[];
}

export function toOperatorDto({ userId, createdAt, user: { email, name, disabledAt } }: OperatorRow): OperatorDto {
  return { userId, email, name, disabledAt, createdAt };
}

export function toPlatformUserDto(user: UserDetails): PlatformUserDto {
  const { id, email, name, lastLoginAt, disabledAt, createdAt } = user;
  return {
    id,
    email,
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
