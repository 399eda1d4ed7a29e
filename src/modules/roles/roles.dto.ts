import { BooleanField, IntegerField, ListField, TextField, TextListField } from '../../common/http/fields.js';
import type { PermissionDefinition, RoleDefinition } from '../../config/catalog/catalog.js';
import type { CustomRole } from '../../generated/prisma/client.js';

const key = { max: 63, pattern: /^[a-z][a-z0-9_]*$/, example: 'grader' } as const;
const permissions = { max: 500, pattern: /^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$/, description: 'Permissions, at most your own: GET /permissions lists them all' } as const;

export class CreateRoleDto {
  @TextField({ ...key, optional: true, description: 'Made from the name when left out' })
  key?: string;

  @TextField({ max: 100, example: 'Grader' })
  name!: string;

  @TextField({ optional: true, nullable: true, max: 500 })
  description?: string | null;

  @TextListField(permissions)
  permissions!: string[];
}

export class UpdateRoleDto {
  @TextField({ optional: true, max: 100 })
  name?: string;

  @TextField({ optional: true, nullable: true, max: 500 })
  description?: string | null;

  @TextListField({ ...permissions, optional: true })
  permissions?: string[];
}

export class DeleteRoleQuery {
  @TextField({ ...key, optional: true, description: 'The custom role that members and teams get instead' })
  replacement?: string;
}

export class RoleDto {
  @TextField(key)
  key!: string;

  @TextField()
  name!: string;

  @TextField({ nullable: true, max: 500 })
  description!: string | null;

  @BooleanField({ description: 'Whether the organization made it; the others are those of the product, and base roles' })
  custom!: boolean;

  @IntegerField({ min: 0, max: 1000, nullable: true, description: 'Of a base role: nobody gives one that ranks above their own' })
  rank!: number | null;

  @TextListField()
  permissions!: string[];
}

export class RoleListDto {
  @ListField(() => RoleDto)
  data!: RoleDto[];
}

export class PermissionDto {
  @TextField({ example: 'members:write' })
  key!: string;

  @TextField()
  description!: string;

  @BooleanField({ description: "Whether tenantry's own routes ask for it; else it is the product's" })
  builtIn!: boolean;

  @BooleanField({ description: 'Whether an API key may have it' })
  grantableToKeys!: boolean;
}

export class PermissionListDto {
  @ListField(() => PermissionDto)
  data!: PermissionDto[];
}

export const toPermissionDto = ({ key: name, description, builtIn, grantableToKeys }: PermissionDefinition): PermissionDto => ({
  key: name,
  description,
  builtIn,
  grantableToKeys,
});

export function toBaseRoleDto({ key: name, name: title, description, rank, permissions: allowed }: RoleDefinition): RoleDto {
  return { key: name, name: title, description: description ?? null, custom: false, rank, permissions: [...allowed].sort() };
}

export function toRoleDto({ key: name, name: title, description, permissions: allowed }: CustomRole): RoleDto {
  return { key: name, name: title, description, custom: true, rank: null, permissions: [...allowed].sort() };
}
