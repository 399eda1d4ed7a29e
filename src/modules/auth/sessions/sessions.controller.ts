import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { SessionListDto, toSessionDto } from '../auth.dto.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('auth')
@Controller('auth/sessions')
@Authenticated()
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @Authenticated({ unproved: true })
  @ApiOperation({
    summary: 'List your sessions',
    description:
      'Returns the sessions that can still be used, the most recently used first. Sessions in which an operator acts as you are included: `impersonatedBy` names the operator. A login that waits for its second factor is not. A session for which single sign-on alone vouches gets itself only.',
  })
  @ApiOkResponse({ type: SessionListDto })
  async listSessions(@CurrentUser() { userId, sessionId, provesAccount }: UserPrincipal): Promise<SessionListDto> {
    const sessions = await this.sessions.listSessions(userId);
    return { data: sessions.filter(({ id }) => provesAccount || id === sessionId).map((session) => toSessionDto(session, sessionId)), nextCursor: null };
  }

  @Delete(':id')
  @WithoutRecentLogin('It ends a session.')
  @HttpCode(204)
  @ApiOperation({ summary: 'End a session', description: 'Ends one of your sessions, which can be that of this request. Its tokens are refused from then on.' })
  @ApiNoContentResponse()
  async revokeSession(@IdParam('id') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.sessions.revokeSession(userId, id, 'revoked');
  }

  @Delete()
  @WithoutRecentLogin('It ends sessions.')
  @HttpCode(204)
  @ApiOperation({
    summary: 'End all other sessions',
    description:
      'Ends all your sessions except the one of this request. Logins that wait for a second factor end, too. The tokens of an ended session are refused from then on. API keys keep working.',
  })
  @ApiNoContentResponse()
  async revokeOtherSessions(@CurrentUser() { userId, sessionId }: UserPrincipal): Promise<void> {
    await this.sessions.revokeOtherSessions(userId, sessionId);
  }
}
