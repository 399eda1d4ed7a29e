import { Body, Controller, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission, RateLimited } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { AddedMemberDto, AddMemberDto } from './invitations.dto.js';
import { MemberAdditionsService } from './member-additions.service.js';

@ApiTags('members')
@Controller('organizations/:organizationId/members')
export class MemberAdditionsController {
  constructor(private readonly additions: MemberAdditionsService) {}

  @Post()
  @RequirePermission('members:write')
  @RateLimited('memberAdd')
  @ApiOperation({
    summary: 'Add a member by email address',
    description:
      'Invites the address by mail (202): its owner becomes a member when they accept. The response is the same whether or not an account with this address exists. ' +
      'An account that has verified an address at a DNS-verified email domain of the organization is added immediately (201).',
  })
  @ApiCreatedResponse({ type: AddedMemberDto })
  @ApiAcceptedResponse({ type: AddedMemberDto })
  async addMember(
    @IdParam('organizationId') organizationId: string,
    @Body() body: AddMemberDto,
    @CurrentUser() { userId }: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AddedMemberDto> {
    const added = await this.additions.addMember(userId, body);
    if (added.userId === null) reply.status(202);
    else reply.header('location', `/api/v1/organizations/${organizationId}/members/${added.userId}`);
    return added;
  }
}
