import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireRole, Unmetered, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { ownerRole } from '../../../access/roles.js';
import { ClientAddress } from '../../../common/http/addresses/client-address.js';
import { BreakGlassService } from './break-glass.service.js';
import { BreakGlassDto, SecurityDto } from './security.dto.js';

/** The way back for owners whom their own security policy refuses. */
@ApiTags('settings')
@Controller('tenant/security/break-glass')
@RequireRole(ownerRole, { breakGlass: true })
@Unmetered()
export class BreakGlassController {
  constructor(private readonly breakGlass: BreakGlassService) {}

  @Post()
  @WithoutRecentLogin('It mails a link to the owner.')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Request a link to regain access',
    description:
      'Mails you a link that works once, for 15 minutes. It replaces the previous link; five minutes must pass between two (429). This route works when the security policy refuses your address or requires single sign-on. Only for owners with a verified address.',
  })
  @ApiNoContentResponse()
  async requestBreakGlass(@CurrentUser() user: UserPrincipal): Promise<void> {
    await this.breakGlass.requestLink(user);
  }

  @Post('use')
  @WithoutRecentLogin('The mailed link proves the owner.')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Regain access with a mailed link',
    description:
      'Adds the IP address of this request to the allow-list, if there is one, and ends the requirement of single sign-on. Every owner is notified by mail. Only for the owner who requested the link.',
  })
  @ApiOkResponse({ type: SecurityDto })
  useBreakGlass(@Body() { token }: BreakGlassDto, @CurrentUser() user: UserPrincipal, @ClientAddress() address: string): Promise<SecurityDto> {
    return this.breakGlass.useLink({ user, address }, token);
  }
}
