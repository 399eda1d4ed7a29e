import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { GrantPageDto, ListGrantsQuery } from './grants.dto.js';
import { PlatformGrantsService } from './platform-grants.service.js';

@ApiTags('tenants')
@Controller('tenants/:tenantId/grants')
@PlatformAdminOnly()
export class PlatformGrantsController {
  constructor(private readonly grants: PlatformGrantsService) {}

  @Get()
  @ApiOperation({ summary: 'List the grants of a tenant', description: 'Returns the units that operators have given the tenant in addition to its plan, the newest grant first.' })
  @ApiOkResponse({ type: GrantPageDto })
  listTenantGrants(@IdParam('tenantId') tenantId: string, @Query() query: ListGrantsQuery): Promise<GrantPageDto> {
    return this.grants.listGrants(tenantId, query);
  }
}
