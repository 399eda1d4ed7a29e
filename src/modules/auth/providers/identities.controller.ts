import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, RequireRecentLogin } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { ExternalIdentitiesService } from './external-identities.service.js';
import { IdentityListDto, toIdentityDto } from './providers.dto.js';

@ApiTags('auth')
@Controller('auth/identities')
@Authenticated()
export class IdentitiesController {
  constructor(private readonly identities: ExternalIdentitiesService) {}

  @Get()
  @ApiOperation({ summary: 'List your identities', description: 'Returns your accounts at identity providers with which you can sign in.' })
  @ApiOkResponse({ type: IdentityListDto })
  async listIdentities(@CurrentUser() { userId }: UserPrincipal): Promise<IdentityListDto> {
    return { data: (await this.identities.listIdentities(userId)).map(toIdentityDto), nextCursor: null };
  }

  @Delete(':identityId')
  @RequireRecentLogin()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Unlink an identity',
    description: 'You can no longer sign in with it, and your other sessions end. A mail announces it. Refused while you have neither a password nor another identity.',
  })
  @ApiNoContentResponse()
  async unlinkIdentity(@IdParam('identityId') identityId: string, @CurrentUser() user: UserPrincipal): Promise<void> {
    await this.identities.unlinkIdentity(user, identityId);
  }
}
