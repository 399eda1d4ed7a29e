import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AllowedWhileImpersonating, RequireMembership, Unmetered } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal/principal.js';
import { ClientAddress } from '../../common/http/addresses/client-address.js';
import { AccessCheckDto, CheckAccessDto, toAccessCheckDto } from './access-checks.dto.js';
import { AccessChecksService } from './access-checks.service.js';

@ApiTags('roles')
@Unmetered()
@Controller('access')
export class AccessChecksController {
  constructor(private readonly checks: AccessChecksService) {}

  @Post('check')
  @RequireMembership({ apiKeys: true, evenIf: ['suspended', 'cancelled', 'maintenance'] })
  @AllowedWhileImpersonating('read')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Check whether you have access',
    description: 'Runs the same checks as the guards of a route, for your credential and the current organization. With `explain`, the response lists the checks.',
  })
  @ApiOkResponse({ type: AccessCheckDto })
  async checkAccess(@Body() body: CheckAccessDto, @CurrentPrincipal() principal: Principal, @ClientAddress() address: string): Promise<AccessCheckDto> {
    return toAccessCheckDto(await this.checks.checkAccess(principal, body, address), body.explain === true);
  }
}
