import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Authenticated, RateLimited, RequireMembership, RequirePermission, RequireRole, WithoutRecentLogin } from '../../access/access.decorators.js';
import { confinementOf, CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { MembershipsService } from '../members/memberships.service.js';
import { OrganizationDirectoryService } from './organization-directory.service.js';
import {
  CreateOrganizationDto,
  MyOrganizationDto,
  MyOrganizationListDto,
  OrganizationDto,
  toOrganizationDto,
  TransferOwnershipDto,
  UpdateOrganizationDto,
} from './organizations.dto.js';
import { OrganizationsService } from './organizations.service.js';

@ApiTags('organizations')
@Controller('organizations')
export class OrganizationsController {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly memberships: MembershipsService,
    private readonly organizationDirectory: OrganizationDirectoryService,
  ) {}

  @Get()
  @Authenticated({ unproved: true })
  @ApiOperation({
    summary: 'List your organizations',
    description:
      'Returns the organizations that you are a member of, with your role in each, the oldest membership first. Deleted organizations that you can restore are included; their `deletedAt` is set. A session for which single sign-on alone vouches gets its organization only.',
  })
  @ApiOkResponse({ type: MyOrganizationListDto })
  async listMyOrganizations(@CurrentUser() user: UserPrincipal): Promise<MyOrganizationListDto> {
    const within = confinementOf(user);
    const all = await this.organizationDirectory.listOrganizationsOf(user.userId, { restorable: true });
    return {
      data: all.filter(({ organization }) => within === undefined || organization.id === within).map(({ organization, role }) => ({ ...toOrganizationDto(organization), role })),
      nextCursor: null,
    };
  }

  @Post()
  @WithoutRecentLogin('It changes no organization that exists.')
  @Authenticated()
  @RateLimited('organizationCreate')
  @ApiOperation({
    summary: 'Create an organization',
    description: 'Creates an organization on the default plan, of which you become the owner. Your session keeps its organization: use POST /auth/switch-organization.',
  })
  @ApiCreatedResponse({ type: MyOrganizationDto })
  async createOrganization(
    @Body() body: CreateOrganizationDto,
    @CurrentUser() { userId }: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MyOrganizationDto> {
    const organization = await this.organizationDirectory.createOrganizationFor(userId, body);
    reply.header('location', `/api/v1/organizations/${organization.id}`);
    return { ...toOrganizationDto(organization), role: 'owner' };
  }

  @Get('current')
  @RequirePermission('organization:read', { service: 'tenant:read' })
  @ApiOperation({
    summary: 'Retrieve the current organization',
    description: 'Returns the profile of the organization that the request names: by its credential, its host, `X-Tenant-ID` or `X-Tenant-Slug`.',
  })
  @ApiOkResponse({ type: OrganizationDto })
  async getCurrentOrganization(): Promise<OrganizationDto> {
    return toOrganizationDto(await this.organizations.getOrganization());
  }

  @Get(':organizationId')
  @RequirePermission('organization:read', { service: 'tenant:read' })
  @ApiOperation({
    summary: 'Retrieve an organization',
    description: 'Returns the profile of an organization. Send its ETag as `If-Match` to change only the version that you have read.',
  })
  @ApiOkResponse({ type: OrganizationDto })
  async getOrganization(): Promise<OrganizationDto> {
    return toOrganizationDto(await this.organizations.getOrganization());
  }

  @Patch(':organizationId')
  @RequirePermission('organization:update')
  @ApiOperation({
    summary: 'Update the profile of an organization',
    description: 'The body is a JSON merge patch: fields that are left out stay. Only `address` is replaced as a whole.',
  })
  @ApiOkResponse({ type: OrganizationDto })
  async updateOrganization(@Body() changes: UpdateOrganizationDto, @CurrentUser() { userId }: UserPrincipal): Promise<OrganizationDto> {
    return toOrganizationDto(await this.organizations.updateOrganization(userId, changes));
  }

  @Delete(':organizationId')
  @RequirePermission('organization:delete')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete an organization', description: 'Access ends immediately. An owner can restore the organization for 30 days; then its data is erased.' })
  @ApiNoContentResponse()
  async deleteOrganization(@CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.organizations.deleteOrganization(userId);
  }

  @Post(':organizationId/restore')
  @WithoutRecentLogin('It undoes a deletion, and no data is lost.')
  @RequireRole('owner', { evenIf: ['deleted'] })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Restore a deleted organization',
    description:
      'Ends the deletion of an organization: its members and keys have access again, and no data is lost. This is possible until the organization is erased, 30 days after the deletion. One that is not deleted is refused (`organization_not_deleted`).',
  })
  @ApiOkResponse({ type: OrganizationDto })
  async restoreOrganization(@CurrentUser() { userId }: UserPrincipal): Promise<OrganizationDto> {
    return toOrganizationDto(await this.organizations.restoreOrganization(userId));
  }

  @Post(':organizationId/leave')
  @WithoutRecentLogin('It ends only the access of the user.')
  @RequireMembership()
  @HttpCode(204)
  @ApiOperation({ summary: 'Leave an organization', description: 'Ends your membership, and deletes your personal API keys in the organization. The last owner cannot leave.' })
  @ApiNoContentResponse()
  async leaveOrganization(@CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.memberships.leaveOrganization(userId);
  }

  @Post(':organizationId/transfer-ownership')
  @RequirePermission('organization:transfer')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Transfer the ownership of an organization',
    description: 'The other member becomes an owner, and you get the highest role below owner. Takes effect with the next request of each.',
  })
  @ApiNoContentResponse()
  async transferOwnership(@Body() { userId: successor }: TransferOwnershipDto, @CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.memberships.transferOwnership(userId, successor);
  }
}
