import { EmailField, TextField, TimeField, UuidField } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/page.js';

const role = { max: 64, pattern: /^[a-z][a-z0-9_]*$/, example: 'member', description: 'The key of a role' } as const;

export class ListMembersQuery extends pageQuery(['createdAt']) {
  @TextField({ optional: true, ...role, description: 'Only members with this role' })
  role?: string;

  @TextField({ optional: true, description: 'Only members whose name or e-mail address contains this' })
  search?: string;
}

export class AddMemberDto {
  @EmailField({ description: 'The verified address of an existing user' })
  email!: string;

  @TextField(role)
  role!: string;
}

export class ChangeRoleDto {
  @TextField(role)
  role!: string;
}

export class MemberDto {
  @UuidField()
  userId!: string;

  @EmailField()
  email!: string;

  @TextField()
  name!: string;

  @TextField(role)
  role!: string;

  @TimeField({ description: 'When they became a member' })
  createdAt!: Date;

  @TimeField()
  updatedAt!: Date;
}

export class MemberPageDto extends pageOf(MemberDto) {}

/** A membership with the columns of `memberColumns`. */
interface MemberRow extends Pick<MemberDto, 'userId' | 'role' | 'createdAt' | 'updatedAt'> {
  readonly user: Pick<MemberDto, 'email' | 'name'>;
}

export function toMemberDto({ userId, role: roleKey, createdAt, updatedAt, user }: MemberRow): MemberDto {
  return { userId, email: user.email, name: user.name, role: roleKey, createdAt, updatedAt };
}
