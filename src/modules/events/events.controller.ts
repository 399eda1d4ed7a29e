import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireFeature, RequirePermission } from '../../access/access.decorators.js';
import { EventListDto, ListEventsQuery } from './events.dto.js';
import { EventsService } from './events.service.js';

@ApiTags('webhooks')
@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @RequirePermission('events:read')
  @RequireFeature('webhooks')
  @ApiOperation({
    summary: 'List events',
    description:
      'Returns the events of the organization after a position in its log, the earliest first. The log begins with the first call, and keeps events for 30 days. An event is listed as soon as its change was committed, if the caller has the permission with which the API shows its resource; others are passed over. Answers 410 `events_missing` if the log has not all events after the position.',
  })
  @ApiOkResponse({ type: EventListDto })
  listEvents(@Query() query: ListEventsQuery): Promise<EventListDto> {
    return this.events.listEvents(query);
  }
}
