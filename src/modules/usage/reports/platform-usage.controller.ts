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
  @ApiOperation({ summary: 'What all tenants use of each meter, and of how much' })
  @ApiOkResponse({ type: TenantUsagePageDto })
  listTenantUsage(@Query() query: ListTenantUsageQuery): Promise<TenantUsagePageDto> {
    return this.usage.listTenantUsage(query);
  }

  @Get(':tenantId/usage')
  @ApiOperation({ summary: 'What one tenant has used' })
  @ApiOkResponse({ type: UsageReportDto })
  getTenantUsage(@IdParam('tenantId') id: string, @Query() query: UsageReportQuery): Promise<UsageReportDto> {
    return this.usage.reportTenantUsage(id, query);
  }
}
