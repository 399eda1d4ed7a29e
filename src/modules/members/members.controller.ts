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
  @ApiOperation({ summary: 'List the members of an organization' })
  @ApiOkResponse({ type: MemberPageDto })
  listMembers(@Query() query: ListMembersQuery): Promise<MemberPageDto> {
    return this.members.listMembers(query);
  }

  @Get(':userId')
  @RequirePermission('members:read', { service: 'members:read' })
  @ApiOperation({ summary: 'Retrieve a member' })
  @ApiOkResponse({ type: MemberDto })
  getMember(@IdParam('userId') userId: string): Promise<MemberDto> {
    return this.members.getMember(userId);
  }

  @Patch(':userId')
  @RequirePermission('members:write')
  @ApiOperation({ summary: 'Update the roles of a member' })
  @ApiOkResponse({ type: MemberDto })
  updateMember(@IdParam('userId') userId: string, @Body() changes: UpdateMemberDto, @CurrentUser() actor: UserPrincipal): Promise<MemberDto> {
    return this.members.updateMember(actor.userId, userId, changes);
  }

  @Delete(':userId')
  @RequirePermission('members:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a member' })
  @ApiNoContentResponse()
  async removeMember(@IdParam('userId') userId: string, @CurrentUser() actor: UserPrincipal): Promise<void> {
    await this.memberships.removeMembership(actor.userId, userId);
  }
}
