import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { ListTenantUsageQuery, TenantUsagePageDto } from './platform-usage.dto.js';
import { PlatformUsageService } from './platform-usage.service.js';
import { UsageReportDto, UsageReportQuery } from './usage-report.dto.js';

@ApiTags('tenants')
@Controller('tenants')
@PlatformAdminOnly()
export class PlatformUsageController {
  constructor(private readonly usage: PlatformUsageService) {}

  @Get('usage')
  @ApiOperation({ summary: 'List the usage of all tenants', description: 'Returns a row for each tenant and meter, with the usage and the limit.' })
  @ApiOkResponse({ type: TenantUsagePageDto })
  listTenantUsage(@Query() query: ListTenantUsageQuery): Promise<TenantUsagePageDto> {
    return this.usage.listTenantUsage(query);
  }

  @Get(':tenantId/usage')
  @ApiOperation({ summary: 'Retrieve the usage of a tenant', description: 'Returns the usage of each meter in a range of days, as `getUsage` does for the organization itself.' })
  @ApiOkResponse({ type: UsageReportDto })
  getTenantUsage(@IdParam('tenantId') id: string, @Query() query: UsageReportQuery): Promise<UsageReportDto> {
    return this.usage.reportTenantUsage(id, query);
  }
}
