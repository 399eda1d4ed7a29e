import { EmailField, IntegerField, TextField, TextListField, TimeField, UuidField } from '../../common/http/fields.js';
import { pageOf, pageQuery } from '../../common/http/pages/page.js';
import { SearchField } from '../../common/http/pages/text-search.js';

const roles = { max: 50, description: 'The keys of the custom roles of the team. Its members have these roles.' } as const;

export class ListTeamsQuery extends pageQuery(['createdAt', 'name']) {
  @SearchField('Only teams whose name')
  search?: string;
}

export class ListTeamMembersQuery extends pageQuery(['createdAt']) {}

export class CreateTeamDto {
  @TextField({ max: 100, example: 'Graders', description: 'The name of the team, for people' })
  name!: string;

  @TextField({ optional: true, nullable: true, max: 500, multiline: true, description: 'A text about the team; null for none' })
  description?: string | null;

  @TextListField({ ...roles, optional: true })
  roles?: string[];
}

export class UpdateTeamDto {
  @TextField({ optional: true, max: 100, example: 'Senior graders', description: 'The name of the team, for people' })
  name?: string;

  @TextField({ optional: true, nullable: true, max: 500, multiline: true, description: 'A text about the team; null removes it' })
  description?: string | null;

  @TextListField({ ...roles, optional: true })
  roles?: string[];
}

export class TeamDto {
  @UuidField({ description: 'The id of the team' })
  id!: string;

  @TextField({ description: 'The name of the team, for people' })
  name!: string;

  @TextField({ nullable: true, max: 500, multiline: true, description: 'A text about the team; null without one' })
  description!: string | null;

  @TextListField(roles)
  roles!: string[];

  @IntegerField({ min: 0, max: 1_000_000, description: 'The number of members in the team' })
  memberCount!: number;

  @TimeField({ description: 'The time of creation' })
  createdAt!: Date;

  @TimeField({ description: 'The time of the last change' })
  updatedAt!: Date;
}

export class TeamPageDto extends pageOf(TeamDto) {}

export class TeamMemberDto {
  @UuidField({ description: 'The user id of the member' })
  userId!: string;

  @EmailField({ nullable: true, description: 'The address with which the member signs in; null for a managed account' })
  email!: string | null;

  @TextField({ nullable: true, example: 'ada.l', description: 'The name with which a managed account signs in; null for other accounts' })
  userName!: string | null;

  @TextField({ description: 'The name that other members see' })
  name!: string;

  @TimeField({ description: 'The time at which the user joined the team' })
  createdAt!: Date;
}

export class TeamMemberPageDto extends pageOf(TeamMemberDto) {}

interface TeamRow extends Pick<TeamDto, 'id' | 'name' | 'description' | 'createdAt' | 'updatedAt'> {
  readonly roles: readonly { readonly role: { readonly key: string } }[];
  readonly _count: { readonly members: number };
}

export function toTeamDto({ id, name, description, roles: held, _count, createdAt, updatedAt }: TeamRow): TeamDto {
  return { id, name, description, roles: held.map(({ role }) => role.key).sort(), memberCount: _count.members, createdAt, updatedAt };
}

interface TeamMemberRow {
  readonly userId: string;
  readonly createdAt: Date;
  readonly membership: { readonly userName: string | null; readonly user: Pick<TeamMemberDto, 'email' | 'name'> };
}

export function toTeamMemberDto({ userId, createdAt, membership: { userName, user } }: TeamMemberRow): TeamMemberDto {
  return { userId, email: user.email, userName, name: user.name, createdAt };
}
