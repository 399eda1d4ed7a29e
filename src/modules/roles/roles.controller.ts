import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireFeature, RequirePermission } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { Roles } from '../../access/roles.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { CustomRolesService } from './custom-roles.service.js';
import { CreateRoleDto, DeleteRoleQuery, RoleDto, RoleListDto, toBaseRoleDto, toRoleDto, UpdateRoleDto } from './roles.dto.js';

@ApiTags('roles')
@Controller('organizations/:organizationId/roles')
export class RolesController {
  constructor(
    private readonly roles: Roles,
    private readonly custom: CustomRolesService,
  ) {}

  @Get()
  @RequirePermission('roles:read', { service: 'members:read' })
  @ApiOperation({ summary: 'List the roles of an organization', description: 'Returns the base roles of the catalog, highest rank first, then the custom roles.' })
  @ApiOkResponse({ type: RoleListDto })
  async listRoles(): Promise<RoleListDto> {
    return { data: [...this.roles.list().map(toBaseRoleDto), ...(await this.custom.listCustomRoles()).map(toRoleDto)], nextCursor: null };
  }

  @Post()
  @RequirePermission('roles:write')
  @RequireFeature('custom_roles')
  @ApiOperation({
    summary: 'Create a custom role',
    description:
      'Creates a role with permissions of the catalog, in addition to the base roles. It can have only permissions that you hold yourself. Without `key`, the key is made from the name. The key never changes. An organization has at most 200 custom roles.',
  })
  @ApiCreatedResponse({ type: RoleDto })
  async createRole(
    @IdParam('organizationId') organizationId: string,
    @Body() body: CreateRoleDto,
    @CurrentUser() { userId }: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RoleDto> {
    const role = await this.custom.createCustomRole(userId, body);
    reply.header('location', `/api/v1/organizations/${organizationId}/roles/${role.key}`);
    return toRoleDto(role);
  }

  @Get(':key')
  @RequirePermission('roles:read', { service: 'members:read' })
  @ApiOperation({ summary: 'Retrieve a role', description: 'Returns a base role of the catalog or a custom role, by its key.' })
  @ApiOkResponse({ type: RoleDto })
  async getRole(@Param('key') key: string): Promise<RoleDto> {
    const base = this.roles.list().find((role) => role.key === key);
    return base === undefined ? toRoleDto(await this.custom.getCustomRole(key)) : toBaseRoleDto(base);
  }

  @Patch(':key')
  @RequirePermission('roles:write')
  @RequireFeature('custom_roles')
  @ApiOperation({ summary: 'Update a custom role', description: 'The change takes effect with the next request of each member who has the role.' })
  @ApiOkResponse({ type: RoleDto })
  async updateRole(@Param('key') key: string, @Body() body: UpdateRoleDto, @CurrentUser() { userId }: UserPrincipal): Promise<RoleDto> {
    return toRoleDto(await this.custom.updateCustomRole(userId, key, body));
  }

  @Delete(':key')
  @RequirePermission('roles:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a custom role', description: '`replacement` is required while members or teams have the role.' })
  @ApiNoContentResponse()
  async deleteRole(@Param('key') key: string, @Query() { replacement }: DeleteRoleQuery, @CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.custom.deleteCustomRole(userId, key, replacement);
  }
}
