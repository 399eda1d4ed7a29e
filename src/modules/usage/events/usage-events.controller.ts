import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../../access/principal/principal.js';
import { EventRecordingService } from './event-recording.service.js';
import { ReportUsagePipe } from './report-usage.pipe.js';
import { EventsReceiptDto, reportedEvents, ReportUsageDto } from './usage-events.dto.js';

@ApiTags('usage')
@Controller('usage/events')
@Unmetered()
export class UsageEventsController {
  constructor(private readonly recording: EventRecordingService) {}

  @Post()
  @RequirePermission('usage:write')
  @HttpCode(200)
  @ApiBody({ type: ReportUsageDto })
  @ApiConsumes('application/json', 'application/cloudevents-batch+json')
  @ApiOperation({
    summary: 'Record usage events',
    description: 'Records 1 to 1000 events. Each event counts once, by its `id`. If one event of the batch is invalid, none is recorded.',
  })
  @ApiOkResponse({ type: EventsReceiptDto })
  reportUsage(@Body(ReportUsagePipe) body: object, @CurrentPrincipal() principal: Principal): Promise<EventsReceiptDto> {
    return this.recording.recordUsage(principal, reportedEvents(body));
  }
}
