import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../../access/principal/principal.js';
import { CheckUsageDto, ConsumedDto, ConsumeUsageDto, MeterStateDto, toConsumedDto, toMeterStateDto, UsageCheckDto } from './consumption.dto.js';
import { ConsumptionService } from './consumption.service.js';
import { EventsReceiptDto, reportedEvents, ReportUsageDto } from './events.dto.js';
import { EventReportsService } from './event-reports.service.js';
import { ReportUsagePipe } from './report-usage.pipe.js';

@ApiTags('usage')
@Controller('usage')
@Unmetered()
export class UsageController {
  constructor(
    private readonly reports: EventReportsService,
    private readonly consumption: ConsumptionService,
  ) {}

  @Post('events')
  @RequirePermission('usage:write')
  @HttpCode(200)
  @ApiBody({ type: ReportUsageDto })
  @ApiConsumes('application/json', 'application/cloudevents-batch+json')
  @ApiOperation({ summary: 'Report what has happened: 1 to 1000 events, each counted once by its id; all of them or none' })
  @ApiOkResponse({ type: EventsReceiptDto })
  reportUsage(@Body(ReportUsagePipe) body: object, @CurrentPrincipal() principal: Principal): Promise<EventsReceiptDto> {
    return this.reports.report(principal, reportedEvents(body));
  }

  @Post('consume')
  @RequirePermission('usage:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take units, if there is room for all of them' })
  @ApiOkResponse({ type: ConsumedDto })
  async consumeUsage(@Body() { quantity = 1, ...body }: ConsumeUsageDto, @CurrentPrincipal() principal: Principal): Promise<ConsumedDto> {
    return toConsumedDto(await this.consumption.consume(principal, { ...body, quantity }));
  }

  @Post('release')
  @RequirePermission('usage:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give units of a gauge back that are not in use any more' })
  @ApiOkResponse({ type: MeterStateDto })
  async releaseUsage(@Body() { quantity = 1, ...body }: ConsumeUsageDto, @CurrentPrincipal() principal: Principal): Promise<MeterStateDto> {
    return toMeterStateDto(await this.consumption.release(principal, { ...body, quantity }));
  }

  @Post('check')
  @RequirePermission('usage:write')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask whether there is room, and take nothing' })
  @ApiOkResponse({ type: UsageCheckDto })
  async checkUsage(@Body() { meter, quantity = 1 }: CheckUsageDto, @CurrentPrincipal() principal: Principal): Promise<UsageCheckDto> {
    const readout = await this.consumption.check(principal, { meter, quantity });
    return { ...toMeterStateDto(readout), allowed: readout.allowed };
  }
}
