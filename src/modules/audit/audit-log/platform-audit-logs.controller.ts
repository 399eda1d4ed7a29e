import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { AuditEventPageDto, ListPlatformAuditLogsQuery } from './audit-log.dto.js';
import { PlatformAuditLogService } from './platform-audit-log.service.js';

@ApiTags('platform')
@Controller('tenants/audit-logs')
export class PlatformAuditLogsController {
  constructor(private readonly log: PlatformAuditLogService) {}

  @Get()
  @PlatformAdminOnly()
  @ApiOperation({ summary: 'List audit events of the platform or of an organization', description: 'Includes the events of erased organizations.' })
  @ApiOkResponse({ type: AuditEventPageDto })
  listPlatformAuditLogs(@Query() query: ListPlatformAuditLogsQuery): Promise<AuditEventPageDto> {
    return this.log.listEvents(query);
  }
}
