import { choices, ChoiceField, EmailField, ListField, TextField, TextListField, TimeField, UuidField } from '../../common/http/fields.js';
import { memberStatuses, type ConsentColumns, type MemberStatus } from '../../access/organization/standing.policy.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import { SearchField } from '../../common/http/pages/text-search.js';

const role = { max: 64, pattern: /^[a-z][a-z0-9_]*$/, example: 'member', description: 'The key of the base role of the member' } as const;

export class ListMembersQuery extends pageQuery(['createdAt']) {
  @TextField({ optional: true, ...role, description: 'Return only members with this base role' })
  role?: string;

  @SearchField('Only members whose name, user name or email address')
  search?: string;
}

export class UpdateMemberDto {
  @TextField({ ...role, optional: true, description: 'The base role. The change takes effect with the next request of the member.' })
  role?: string;

  @TextListField({ optional: true, max: 50, description: 'The keys of all custom roles of the member. Roles that are not listed are revoked.' })
  customRoles?: string[];
}

export class MemberTeamDto {
  @UuidField({ description: 'The id of the team' })
  id!: string;

  @TextField({ description: 'The name of the team' })
  name!: string;
}

export class MemberDto {
  @UuidField({ description: 'The user id of the member' })
  userId!: string;

  @EmailField({ nullable: true, description: 'The address with which the member signs in; null for a managed account' })
  email!: string | null;

  @TextField({ nullable: true, example: 'ada.l', description: 'The name with which a managed account signs in; null for other accounts' })
  userName!: string | null;

  @TextField({ description: 'The name that other members see' })
  name!: string;

  @TextField(role)
  role!: string;

  @ChoiceField(choices('MemberStatus', memberStatuses), {
    description: '`active`; `awaiting_consent` while a guardian must consent; `guardian_access_closed` for a guardian while the organization gives guardians no access',
  })
  status!: MemberStatus;

  @TextListField({ description: 'The keys of the custom roles that the member has directly, not through a team' })
  customRoles!: string[];

  @ListField(() => MemberTeamDto, { description: 'The teams that the member is in' })
  teams!: MemberTeamDto[];

  @TimeField({ description: 'The time at which the user became a member' })
  createdAt!: Date;

  @TimeField({ description: 'The time at which the membership was last changed' })
  updatedAt!: Date;
}

export class MemberPageDto extends pageOf(MemberDto) {}

/** A membership with the columns of `memberColumns`. */
export interface MemberRow extends ConsentColumns, Pick<MemberDto, 'userId' | 'role' | 'createdAt' | 'updatedAt'> {
  readonly user: Pick<MemberDto, 'email' | 'name'>;
  readonly userName: string | null;
  readonly customRoles: readonly { readonly role: { readonly key: string } }[];
  readonly teams: readonly { readonly team: MemberTeamDto }[];
}

export function toMemberDto({ userId, userName, role: roleKey, createdAt, updatedAt, user, customRoles, teams }: MemberRow, status: MemberStatus): MemberDto {
  const custom = customRoles.map(({ role: { key } }) => key).sort();
  const { email, name } = user;
  return { userId, email, userName, name, role: roleKey, status, customRoles: custom, teams: teams.map(({ team }) => team), createdAt, updatedAt };
}
