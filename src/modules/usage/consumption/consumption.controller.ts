import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../../access/principal/principal.js';
import { CheckUsageDto, ConsumedDto, ConsumeUsageDto, MeterStateDto, toConsumedDto, toMeterStateDto, UsageCheckDto } from './consumption.dto.js';
import { ConsumptionService } from './consumption.service.js';

@ApiTags('usage')
@Controller('usage')
@Unmetered()
export class ConsumptionController {
  constructor(private readonly consumption: ConsumptionService) {}

  @Post('consume')
  @RequirePermission('usage:write', { service: 'usage:report' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Consume units of a meter',
    description:
      'Counts the units of a counter or a gauge: all of them, or none if fewer remain (402 `quota_exceeded`). Not for meters that tenantry counts itself, concurrent meters, and counters that do not add up quantities.',
  })
  @ApiOkResponse({ type: ConsumedDto })
  async consumeUsage(@Body() { quantity = 1, ...body }: ConsumeUsageDto, @CurrentPrincipal() principal: Principal): Promise<ConsumedDto> {
    return toConsumedDto(await this.consumption.consumeUsage(principal, { ...body, quantity }));
  }

  @Post('release')
  @RequirePermission('usage:write', { service: 'usage:report' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Release units of a gauge',
    description: 'Lowers a gauge by units that are no longer in use. More than are in use cannot be released (409 `gauge_too_low`).',
  })
  @ApiOkResponse({ type: MeterStateDto })
  async releaseUsage(@Body() { quantity = 1, ...body }: ConsumeUsageDto, @CurrentPrincipal() principal: Principal): Promise<MeterStateDto> {
    return toMeterStateDto(await this.consumption.releaseUsage(principal, { ...body, quantity }));
  }

  @Post('check')
  @RequirePermission('usage:write', { service: 'usage:report' })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Check whether units are available',
    description: 'Returns whether the units are available now, of any meter. Consumes none, so that another request can take them meanwhile.',
  })
  @ApiOkResponse({ type: UsageCheckDto })
  async checkUsage(@Body() { meter, quantity = 1 }: CheckUsageDto, @CurrentPrincipal() principal: Principal): Promise<UsageCheckDto> {
    const reading = await this.consumption.checkUsage(principal, { meter, quantity });
    return { ...toMeterStateDto(reading), allowed: reading.allowed };
  }
}
