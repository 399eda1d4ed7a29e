import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AllowedWhileImpersonating, RequireMembership, ServiceKeysOnly, Unmetered } from '../../access/access.decorators.js';
import { CurrentPrincipal, membershipOf, type Principal } from '../../access/principal/principal.js';
import { ClientAddress } from '../../common/http/addresses/client-address.js';
import { AccessCheckDto, AccessCheckListDto, CheckAccessDto, CheckMemberAccessDto, toAccessCheckDto } from './access-checks.dto.js';
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

  @Post('checks')
  @ServiceKeysOnly('access:check', { evenIf: ['suspended', 'cancelled', 'maintenance'] })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Check what members may do',
    description:
      'For the backend of a product, which has verified the access token of a user. Runs the same checks as the guards of a route, for up to 100 questions about members of the organization.',
  })
  @ApiOkResponse({ type: AccessCheckListDto })
  async checkMemberAccess(@Body() { checks, explain = false }: CheckMemberAccessDto, @CurrentPrincipal() principal: Principal): Promise<AccessCheckListDto> {
    const decisions = await this.checks.checkMembers(membershipOf(principal), checks);
    return { data: decisions.map((decision) => toAccessCheckDto(decision, explain)) };
  }
}
