import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentPrincipal, membershipOf, type Principal } from '../../../access/principal/principal.js';
import { toLineFile } from '../../../common/http/exports/line-file.js';
import { ExportUsageQuery } from './usage-export.dto.js';
import { UsageExportsService } from './usage-exports.service.js';
import { UsageReportDto, UsageReportQuery } from './usage-report.dto.js';
import { UsageReportsService } from './usage-reports.service.js';

@ApiTags('usage')
@Controller('organizations/:organizationId/usage')
@Unmetered()
export class UsageReportController {
  constructor(
    private readonly reports: UsageReportsService,
    private readonly exports: UsageExportsService,
  ) {}

  @Get()
  @RequirePermission('usage:read', { service: 'usage:read' })
  @ApiOperation({
    summary: 'Retrieve the usage of an organization',
    description: 'Returns the usage of each meter in a range of days, optionally grouped by day, endpoint, user or API key.',
  })
  @ApiOkResponse({ type: UsageReportDto })
  getUsage(@Query() query: UsageReportQuery, @CurrentPrincipal() principal: Principal): Promise<UsageReportDto> {
    return this.reports.reportUsage(membershipOf(principal).facts, query);
  }

  @Get('export')
  @RequirePermission('usage:read', { service: 'usage:read' })
  @ApiOperation({ summary: 'Export usage data', description: 'Streams usage events, the request log, or their daily sums as a file.' })
  @ApiProduces('text/csv', 'application/x-ndjson')
  @ApiOkResponse({ schema: { type: 'string' } })
  exportUsage(@Query() query: ExportUsageQuery): StreamableFile {
    return toLineFile(`usage-${query.what}`, query, this.exports.exportUsage(query));
  }
}
