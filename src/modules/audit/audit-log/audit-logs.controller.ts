import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { toLineFile } from '../../../common/http/exports/line-file.js';
import { AuditEventPageDto, ExportAuditLogsQuery, ListAuditLogsQuery } from './audit-log.dto.js';
import { AuditLogService } from './audit-log.service.js';

@ApiTags('audit')
@Controller('organizations/:organizationId/audit-logs')
export class AuditLogsController {
  constructor(private readonly log: AuditLogService) {}

  @Get()
  @RequirePermission('audit:read')
  @ApiOperation({
    summary: 'List audit events',
    description:
      'Returns changes and refused requests, the last in the chain first: requests that were refused with 401, 403 or 429, or named an organization of others. Changes are listed at once, refusals after about two seconds. Filters are combined with `and`.',
  })
  @ApiOkResponse({ type: AuditEventPageDto })
  listAuditLogs(@Query() query: ListAuditLogsQuery): Promise<AuditEventPageDto> {
    return this.log.listEvents(query);
  }

  @Get('export')
  @Unmetered()
  @RequirePermission('audit:read')
  @ApiOperation({
    summary: 'Export audit events',
    description: 'Returns all matching events as a file, the last in the chain first. The file is streamed: the download breaks off if the server fails meanwhile.',
  })
  @ApiProduces('text/csv', 'application/x-ndjson')
  @ApiOkResponse({ schema: { type: 'string' } })
  exportAuditLogs(@Query() query: ExportAuditLogsQuery): StreamableFile {
    return toLineFile('audit-log', query, this.log.exportEvents(query));
  }
}
