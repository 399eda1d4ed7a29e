import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, AuthenticatedNonMember, RateLimited } from '../../access/access.decorators.js';
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
  @ApiOperation({ summary: 'The organizations that I can join, or ask to join, by the domain of my address' })
  @ApiOkResponse({ type: JoinableOrganizationListDto })
  async listJoinableOrganizations(@CurrentUser() user: UserPrincipal): Promise<JoinableOrganizationListDto> {
    return { data: await this.joining.listJoinableOrganizations(user) };
  }

  @Post(':organizationId/join-requests')
  @AuthenticatedNonMember()
  @RateLimited('joinRequest')
  @ApiOperation({ summary: 'Join by the domain of my address: at once, or by asking, as the organization chooses' })
  @ApiCreatedResponse({ type: JoinedDto })
  askToJoin(@IdParam('organizationId') organizationId: string, @CurrentUser() user: UserPrincipal, @Body() body: AskToJoinDto = new AskToJoinDto()): Promise<JoinedDto> {
    return this.joining.joinOrganization(user, organizationId, body.message);
  }
}
