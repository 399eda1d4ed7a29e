import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly, RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { CreateGrantDto, GrantDto, GrantPageDto, ListGrantsQuery } from './grants.dto.js';
import { GrantsService } from './grants.service.js';
import { PlatformGrantsService } from './platform-grants.service.js';

@ApiTags('usage')
@Controller('organizations/:organizationId/grants')
@Unmetered()
export class GrantsController {
  constructor(
    private readonly grants: GrantsService,
    private readonly platform: PlatformGrantsService,
  ) {}

  @Get()
  @RequirePermission('usage:read', { service: 'usage:read' })
  @ApiOperation({ summary: 'List the grants of an organization', description: 'Returns the units that operators have given in addition to the plan, the newest grant first.' })
  @ApiOkResponse({ type: GrantPageDto })
  listGrants(@Query() query: ListGrantsQuery): Promise<GrantPageDto> {
    return this.grants.listGrants(query);
  }

  @Post()
  @PlatformAdminOnly()
  @ApiOperation({
    summary: 'Create a grant',
    description:
      'Gives the organization units in addition to its plan, for its next use. A counter uses them up; the limit of another meter is higher until the grant expires or is revoked. Seats cannot be granted: change `seats` by `overrideTenantLimits`.',
  })
  @ApiCreatedResponse({ type: GrantDto })
  createGrant(@IdParam('organizationId') organizationId: string, @Body() body: CreateGrantDto): Promise<GrantDto> {
    return this.platform.createGrant(organizationId, body);
  }

  @Delete(':grantId')
  @PlatformAdminOnly()
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a grant', description: 'Removes the unused units of the grant. Used ones stay used. A repetition changes nothing.' })
  @ApiNoContentResponse()
  async revokeGrant(@IdParam('organizationId') organizationId: string, @IdParam('grantId') id: string): Promise<void> {
    await this.platform.revokeGrant(organizationId, id);
  }
}
