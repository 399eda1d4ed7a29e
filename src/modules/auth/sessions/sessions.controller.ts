import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated } from '../../../access/access.decorators.js';
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
  @ApiOperation({ summary: 'List your sessions' })
  @ApiOkResponse({ type: SessionListDto })
  async listSessions(@CurrentUser() { userId, sessionId }: UserPrincipal): Promise<SessionListDto> {
    return { data: (await this.sessions.listSessions(userId)).map((session) => toSessionDto(session, sessionId)), nextCursor: null };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'End a session' })
  @ApiNoContentResponse()
  async revokeSession(@IdParam('id') id: string, @CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.sessions.revokeSession(userId, id, 'revoked');
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'End all other sessions' })
  @ApiNoContentResponse()
  async revokeOtherSessions(@CurrentUser() { userId, sessionId }: UserPrincipal): Promise<void> {
    await this.sessions.revokeOtherSessions(userId, sessionId);
  }
}
