import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentPrincipal, membershipOf, type Principal } from '../../../access/principal/principal.js';
import { LimitListDto, toLimitDto } from './limits.dto.js';
import { MeterReadingsService } from './meter-readings.service.js';

/** A route of the settings by its path. It is in this module because it reads meters. */
@ApiTags('settings')
@Controller('tenant')
@Unmetered()
export class LimitsController {
  constructor(private readonly readings: MeterReadingsService) {}

  @Get('limits')
  @RequirePermission('organization:read', { service: 'entitlements:read' })
  @ApiOperation({ summary: 'List the limits of the current organization', description: 'Returns the limit, the usage and the remaining units of each meter.' })
  @ApiOkResponse({ type: LimitListDto })
  async getLimits(@CurrentPrincipal() principal: Principal): Promise<LimitListDto> {
    const { facts } = membershipOf(principal);
    return { plan: facts.entitlements.plan, data: (await this.readings.readMeters(facts)).map(toLimitDto), nextCursor: null };
  }
}
