import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentPrincipal, membershipOf, type Principal } from '../../../access/principal/principal.js';
import { LimitListDto, toLimitDto } from './limits.dto.js';
import { MeterReadingsService } from './meter-readings.service.js';

@ApiTags('settings')
@Controller('tenant')
@Unmetered()
export class LimitsController {
  constructor(private readonly readings: MeterReadingsService) {}

  @Get('limits')
  @RequirePermission('organization:read')
  @ApiOperation({ summary: 'What the plan allows of each meter, and what is left of it' })
  @ApiOkResponse({ type: LimitListDto })
  async getLimits(@CurrentPrincipal() principal: Principal): Promise<LimitListDto> {
    const { facts } = membershipOf(principal);
    return { plan: facts.entitlements.plan, data: (await this.readings.readMeters(facts)).map(toLimitDto) };
  }
}
