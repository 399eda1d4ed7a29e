import { Body, Controller, Delete, Get, HttpCode, Patch, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { ListMembersQuery, MemberDto, MemberPageDto, UpdateMemberDto } from './members.dto.js';
import { MembersService } from './members.service.js';
import { MembershipsService } from './memberships.service.js';

@ApiTags('members')
@Controller('organizations/:organizationId/members')
export class MembersController {
  constructor(
    private readonly members: MembersService,
    private readonly memberships: MembershipsService,
  ) {}

  @Get()
  @RequirePermission('members:read', { service: 'members:read' })
  @ApiOperation({
    summary: 'List the members of an organization',
    description: 'Returns the members with their roles and teams, in the order in which they joined. Filter by base role, or search in names and email addresses.',
  })
  @ApiOkResponse({ type: MemberPageDto })
  listMembers(@Query() query: ListMembersQuery): Promise<MemberPageDto> {
    return this.members.listMembers(query);
  }

  @Get(':userId')
  @RequirePermission('members:read', { service: 'members:read' })
  @ApiOperation({ summary: 'Retrieve a member', description: 'Returns a member with their roles and teams, by their user id.' })
  @ApiOkResponse({ type: MemberDto })
  getMember(@IdParam('userId') userId: string): Promise<MemberDto> {
    return this.members.getMember(userId);
  }

  @Patch(':userId')
  @RequirePermission('members:write')
  @ApiOperation({
    summary: 'Update the roles of a member',
    description:
      'Changes the base role, the custom roles, or both. You can give and take only permissions that you hold yourself, and you cannot change the base role of a member who has more. Only owners can change their own base role. The last owner stays one: make another member an owner first. The change takes effect with the next request of the member.',
  })
  @ApiOkResponse({ type: MemberDto })
  updateMember(@IdParam('userId') userId: string, @Body() changes: UpdateMemberDto, @CurrentUser() actor: UserPrincipal): Promise<MemberDto> {
    return this.members.updateMember(actor.userId, userId, changes);
  }

  @Delete(':userId')
  @RequirePermission('members:write')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove a member',
    description:
      "Ends the membership. The member's own API keys are deleted, and an open invitation of their address is revoked. The account of the user stays, with its other organizations. You cannot remove a member who has a permission that you lack, nor the last owner. Use `leaveOrganization` to end your own membership.",
  })
  @ApiNoContentResponse()
  async removeMember(@IdParam('userId') userId: string, @CurrentUser() actor: UserPrincipal): Promise<void> {
    await this.memberships.removeMembership(actor.userId, userId);
  }
}
