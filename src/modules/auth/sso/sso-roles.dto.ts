import { ListField, TextField } from '../../../common/http/fields.js';

export const role = { max: 64, pattern: /^[a-z][a-z0-9_]*$/, example: 'member' } as const;
export const claimName = {
  max: 200,
  example: 'groups',
  description: 'The claim of ID tokens, or the attribute of assertions, whose values are mapped to roles. Default: `groups`.',
} as const;
export const defaultRole = { ...role, description: "The role of new members without a match. Default: the catalog's default role." } as const;

export class SsoRoleMappingDto {
  @TextField({ max: 200, example: 'platform-admins', description: 'A value of the claim' })
  value!: string;

  @TextField({ ...role, description: 'The role of new members whose claim has the value. Not `owner`.' })
  role!: string;
}

export const mappings = { max: 100, description: 'The roles of new members, by values of the claim. The first match decides.' } as const;

/** How a connection decides about roles, in a request. */
export class SsoRolesDto {
  @TextField({ ...claimName, optional: true })
  roleClaim?: string;

  @ListField(() => SsoRoleMappingDto, { ...mappings, optional: true })
  roleMappings?: SsoRoleMappingDto[];

  @TextField({ ...defaultRole, optional: true })
  defaultRole?: string;
}
