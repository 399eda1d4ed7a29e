import { Controller, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered, WithoutIdempotencyKey } from '../../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../../access/principal/principal.js';
import { OtherBodies } from '../../../common/http/bodies/other-bodies.decorator.js';
import { cloudEventBatchSchema, cloudEventSchema } from './cloud-event.schema.js';
import { EventRecordingService, type ReportedBatch } from './event-recording.service.js';
import { ReportUsagePipe } from './report-usage.pipe.js';
import { SentEvents } from './sent-events.decorator.js';
import { EventsReceiptDto, ReportUsageDto } from './usage-events.dto.js';

@ApiTags('usage')
@Controller('usage/events')
@Unmetered()
export class UsageEventsController {
  constructor(private readonly recording: EventRecordingService) {}

  @Post()
  @WithoutIdempotencyKey('Each event has an id, and counts once.')
  @RequirePermission('usage:write', { service: 'usage:report' })
  @HttpCode(200)
  @RouteConfig({ cloudEvents: true })
  @ApiBody({ type: ReportUsageDto })
  @OtherBodies({ 'application/cloudevents+json': cloudEventSchema, 'application/cloudevents-batch+json': cloudEventBatchSchema })
  @ApiOperation({
    summary: 'Record usage events',
    description:
      'Records 1 to 1000 events. Each event counts once, by its `id`. If one event of the batch is invalid, none is recorded. Also accepts CloudEvents 1.0 in the structured, batch and binary mode; each event of a batch of CloudEvents is recorded or refused by itself.',
  })
  @ApiOkResponse({ type: EventsReceiptDto })
  reportUsage(@SentEvents(ReportUsagePipe) batch: ReportedBatch, @CurrentPrincipal() principal: Principal): Promise<EventsReceiptDto> {
    return this.recording.recordUsage(principal, batch);
  }
}
