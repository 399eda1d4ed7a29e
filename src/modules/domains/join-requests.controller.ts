import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../access/access.decorators.js';
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
  @ApiOperation({ summary: 'List the join requests of an organization' })
  @ApiOkResponse({ type: JoinRequestPageDto })
  listJoinRequests(@Query() query: ListJoinRequestsQuery): Promise<JoinRequestPageDto> {
    return this.requests.listJoinRequests(query);
  }

  @Post(':joinRequestId/approve')
  @RequirePermission('invitations:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'Approve a join request' })
  @ApiOkResponse({ type: JoinRequestDto })
  approveJoinRequest(
    @IdParam('joinRequestId') id: string,
    @CurrentUser() { userId }: UserPrincipal,
    @Body() body: ApproveJoinRequestDto = new ApproveJoinRequestDto(),
  ): Promise<JoinRequestDto> {
    return this.requests.approveJoinRequest(userId, id, body.role);
  }

  @Post(':joinRequestId/decline')
  @RequirePermission('invitations:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'Decline a join request' })
  @ApiOkResponse({ type: JoinRequestDto })
  declineJoinRequest(@IdParam('joinRequestId') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<JoinRequestDto> {
    return this.requests.declineJoinRequest(userId, id);
  }
}
