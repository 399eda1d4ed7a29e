import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, WithoutRecentLogin } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { ApproveJoinRequestDto, JoinRequestDto, JoinRequestPageDto, ListJoinRequestsQuery } from './domains.dto.js';
import { JoinRequestsService } from './join-requests.service.js';

@ApiTags('invitations')
@Controller('organizations/:organizationId/join-requests')
export class JoinRequestsController {
  constructor(private readonly requests: JoinRequestsService) {}

  @Get()
  @RequirePermission('invitations:read')
  @ApiOperation({ summary: 'List the join requests of an organization', description: 'Returns the join requests, newest first. Decided ones are included: filter by `status`.' })
  @ApiOkResponse({ type: JoinRequestPageDto })
  listJoinRequests(@Query() query: ListJoinRequestsQuery): Promise<JoinRequestPageDto> {
    return this.requests.listJoinRequests(query);
  }

  @Post(':joinRequestId/approve')
  @RequirePermission('invitations:write')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Approve a join request',
    description:
      'Makes the user a member, and mails them. Without `role`, they get the role of their email domain, or the default role of the catalog. The role can have only permissions that you hold yourself. The member takes a seat. Open invitations of the address are revoked.',
  })
  @ApiOkResponse({ type: JoinRequestDto })
  approveJoinRequest(
    @IdParam('joinRequestId') id: string,
    @CurrentUser() { userId }: UserPrincipal,
    @Body() body: ApproveJoinRequestDto = new ApproveJoinRequestDto(),
  ): Promise<JoinRequestDto> {
    return this.requests.approveJoinRequest(userId, id, body.role);
  }

  @Post(':joinRequestId/decline')
  @WithoutRecentLogin('It gives nobody access.')
  @RequirePermission('invitations:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'Decline a join request', description: 'Closes the request. No mail is sent. You need the permissions of the role that the user would get by default.' })
  @ApiOkResponse({ type: JoinRequestDto })
  declineJoinRequest(@IdParam('joinRequestId') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<JoinRequestDto> {
    return this.requests.declineJoinRequest(userId, id);
  }
}
