import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { ListMembersQuery, MemberPageDto } from '../members.dto.js';
import { PlatformMembersService } from './platform-members.service.js';

@ApiTags('tenants')
@Controller('tenants/:tenantId/members')
@PlatformAdminOnly()
export class PlatformMembersController {
  constructor(private readonly members: PlatformMembersService) {}

  @Get()
  @ApiOperation({ summary: 'List the members of a tenant', description: 'Returns the members with their roles and teams, the earliest first. Deleted tenants still have theirs.' })
  @ApiOkResponse({ type: MemberPageDto })
  listTenantMembers(@IdParam('tenantId') id: string, @Query() query: ListMembersQuery): Promise<MemberPageDto> {
    return this.members.listMembers(id, query);
  }
}
