import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../access/access.decorators.js';
import { EventSinkListDto } from './sinks.dto.js';
import { SinksService } from './sinks.service.js';

@ApiTags('platform')
@Controller('platform/sinks')
@PlatformAdminOnly()
export class SinksController {
  constructor(private readonly sinks: SinksService) {}

  @Get()
  @ApiOperation({ summary: 'List the sinks of events', description: 'Returns for each sink of the events of all organizations how far it has received them, and what has failed.' })
  @ApiOkResponse({ type: EventSinkListDto })
  async listEventSinks(): Promise<EventSinkListDto> {
    return { data: await this.sinks.listSinks(), nextCursor: null };
  }
}
