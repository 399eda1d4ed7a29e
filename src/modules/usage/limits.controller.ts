import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../access/access-rule.js';
import { Unmetered } from '../../access/unmetered.decorator.js';
import { CurrentPrincipal, membershipOf, type Principal } from '../../access/principal.js';
import { LimitListDto, toLimitDto } from './limits.dto.js';
import { MeterReadings } from './meter-readings.service.js';

@ApiTags('settings')
@Controller('tenant')
@Unmetered()
export class LimitsController {
  constructor(private readonly readings: MeterReadings) {}

  @Get('limits')
  @RequirePermission('organization:read')
  @ApiOperation({ summary: 'What the plan allows of each meter, and what is left of it' })
  @ApiOkResponse({ type: LimitListDto })
  async getLimits(@CurrentPrincipal() principal: Principal): Promise<LimitListDto> {
    const { facts } = membershipOf(principal);
    return { plan: facts.entitlements.plan, data: (await this.readings.all(facts)).map(toLimitDto) };
  }
}
