import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../../access/access.decorators.js';
import { toLineFile } from '../../../common/http/exports/line-file.js';
import { AccessLogEntryPageDto, ExportAccessLogsQuery, ListAccessLogsQuery } from './access-log.dto.js';
import { AccessLogService } from './access-log.service.js';

@ApiTags('audit')
@Controller('organizations/:organizationId/access-logs')
export class AccessLogsController {
  constructor(private readonly log: AccessLogService) {}

  @Get()
  @RequirePermission('audit:read')
  @ApiOperation({
    summary: 'List access log entries',
    description:
      'Returns who read which records, newest first. While the compliance setting `ferpa` or `gdpr` is true, every read is an entry, also that of this list, as is every other answer with records. An answer that cannot be recorded is not sent.',
  })
  @ApiOkResponse({ type: AccessLogEntryPageDto })
  listAccessLogs(@Query() query: ListAccessLogsQuery): Promise<AccessLogEntryPageDto> {
    return this.log.listEntries(query);
  }

  @Get('export')
  @RequirePermission('audit:read')
  @ApiOperation({
    summary: 'Export access log entries',
    description: 'Returns all matching entries as a file, newest first. The file is streamed: the download breaks off if the server fails meanwhile.',
  })
  @ApiProduces('text/csv', 'application/x-ndjson')
  @ApiOkResponse({ schema: { type: 'string' } })
  exportAccessLogs(@Query() query: ExportAccessLogsQuery): StreamableFile {
    return toLineFile('access-log', query, this.log.exportEntries(query));
  }
}
