import { BooleanField, IntegerField, ListField, TextField, TextListField, TimeField } from '../../common/http/fields.js';
import { WholeList } from '../../common/http/pages/page.js';
import type { PermissionDefinition, RoleDefinition } from '../../config/catalog/catalog.js';
import type { CustomRole } from '../../generated/prisma/client.js';

const key = { max: 63, pattern: /^[a-z][a-z0-9_]*$/, example: 'grader' } as const;
const permissions = {
  max: 500,
  pattern: /^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$/,
  example: ['members:read', 'teams:read'],
  description: 'Permissions that you hold yourself. GET /permissions lists all permissions.',
} as const;

export class CreateRoleDto {
  @TextField({ ...key, optional: true, description: 'Default: generated from the name' })
  key?: string;

  @TextField({ max: 100, example: 'Grader', description: 'The name of the role, for people' })
  name!: string;

  @TextField({ optional: true, nullable: true, max: 500, multiline: true, description: 'A text about the role; null for none' })
  description?: string | null;

  @TextListField(permissions)
  permissions!: string[];
}

export class UpdateRoleDto {
  @TextField({ optional: true, max: 100, example: 'Senior grader', description: 'The name of the role, for people' })
  name?: string;

  @TextField({ optional: true, nullable: true, max: 500, multiline: true, description: 'A text about the role; null removes it' })
  description?: string | null;

  @TextListField({ ...permissions, optional: true })
  permissions?: string[];
}

export class DeleteRoleQuery {
  @TextField({ ...key, optional: true, description: 'The key of the custom role that members and teams get instead' })
  replacement?: string;
}

export class RoleDto {
  @TextField({ ...key, description: 'The key with which the role is given to members and teams' })
  key!: string;

  @TextField({ description: 'The name of the role, for people' })
  name!: string;

  @TextField({ nullable: true, max: 500, multiline: true, description: 'A text about the role; null without one' })
  description!: string | null;

  @BooleanField({ description: 'Whether this is a custom role of the organization. If false, it is a base role of the catalog.' })
  custom!: boolean;

  @IntegerField({ min: 0, max: 1000, nullable: true, description: 'The rank of a base role; null for custom roles. Members can grant only base roles up to their own rank.' })
  rank!: number | null;

  @TextListField({ description: 'The permissions of a user with the role' })
  permissions!: string[];

  @TimeField({ nullable: true, description: 'The time of the last change of a custom role; null for a base role' })
  updatedAt!: Date | null;
}

export class RoleListDto extends WholeList {
  @ListField(() => RoleDto, { description: 'The built-in and the custom roles' })
  data!: RoleDto[];
}

export class PermissionDto {
  @TextField({ example: 'members:write', description: 'The permission, `resource:action`' })
  key!: string;

  @TextField({ description: 'The operations that the permission allows' })
  description!: string;

  @BooleanField({ description: 'Whether tenantry defines the permission for its own routes. If false, the catalog defines it.' })
  builtIn!: boolean;

  @BooleanField({ description: 'Whether API keys can have the permission' })
  grantableToKeys!: boolean;
}

export class PermissionListDto extends WholeList {
  @ListField(() => PermissionDto, { description: 'All permissions of the catalog' })
  data!: PermissionDto[];
}

export const toPermissionDto = ({ key: name, description, builtIn, grantableToKeys }: PermissionDefinition): PermissionDto => ({
  key: name,
  description,
  builtIn,
  grantableToKeys,
});

export function toBaseRoleDto({ key: name, name: title, description, rank, permissions: allowed }: RoleDefinition): RoleDto {
  return { key: name, name: title, description: description ?? null, custom: false, rank, permissions: [...allowed].sort(), updatedAt: null };
}

export function toRoleDto({ key: name, name: title, description, permissions: allowed, updatedAt }: CustomRole): RoleDto {
  return { key: name, name: title, description, custom: true, rank: null, permissions: [...allowed].sort(), updatedAt };
}
