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
  @ApiOperation({
    summary: 'List audit events of the platform or of an organization',
    description:
      'Returns the events of the platform or, with `organizationId`, of an organization, also of an erased one, the last in the chain first. If the organization records reads (`ferpa`, `gdpr`), so is this one.',
  })
  @ApiOkResponse({ type: AuditEventPageDto })
  listPlatformAuditLogs(@Query() query: ListPlatformAuditLogsQuery): Promise<AuditEventPageDto> {
    return this.log.listEvents(query);
  }
}
