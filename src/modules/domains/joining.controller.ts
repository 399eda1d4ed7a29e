import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, AuthenticatedNonMember, RateLimited, WithoutRecentLogin } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { AskToJoinDto, JoinableOrganizationListDto, JoinedDto } from './domains.dto.js';
import { JoiningService } from './joining.service.js';

@ApiTags('invitations')
@Controller('organizations')
export class JoiningController {
  constructor(private readonly joining: JoiningService) {}

  @Get('joinable')
  @Authenticated()
  @ApiOperation({
    summary: 'List the organizations that you can join',
    description: 'These organizations have verified the domain of your email address and allow users with such an address to join or to request it.',
  })
  @ApiOkResponse({ type: JoinableOrganizationListDto })
  async listJoinableOrganizations(@CurrentUser() user: UserPrincipal): Promise<JoinableOrganizationListDto> {
    return { data: await this.joining.listJoinableOrganizations(user), nextCursor: null };
  }

  @Post(':organizationId/join-requests')
  @WithoutRecentLogin('It gives only the user access.')
  @AuthenticatedNonMember()
  @RateLimited('joinRequest')
  @ApiOperation({
    summary: 'Join an organization, or request to join it',
    description:
      'Requires a verified email address at a verified domain of the organization. The join policy of the domain decides whether you join immediately or a member must approve the request.',
  })
  @ApiCreatedResponse({ type: JoinedDto })
  askToJoin(@IdParam('organizationId') organizationId: string, @CurrentUser() user: UserPrincipal, @Body() body: AskToJoinDto = new AskToJoinDto()): Promise<JoinedDto> {
    return this.joining.joinOrganization(user, organizationId, body.message);
  }
}
