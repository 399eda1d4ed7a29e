import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentPrincipal, membershipOf, type Principal } from '../../../access/principal/principal.js';
import { withVersion } from '../../../common/http/etag.js';
import { HasETag } from '../../../common/http/has-etag.decorator.js';
import { CurrentTenantDto } from './tenant.dto.js';
import { TenantService } from './tenant.service.js';

@ApiTags('settings')
@Controller('tenant')
@Unmetered()
export class TenantController {
  constructor(private readonly tenants: TenantService) {}

  @Get()
  @RequirePermission('organization:read', { service: 'tenant:read' })
  @ApiOperation({
    summary: 'Retrieve the current tenant',
    description: 'Returns the settings, features, limits, branding and compliance of the organization in one document. `GET /tenant/limits` has the use of the limits.',
  })
  @HasETag()
  @ApiOkResponse({ type: CurrentTenantDto })
  async getCurrentTenant(@CurrentPrincipal() principal: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<CurrentTenantDto> {
    return withVersion(reply, null, await this.tenants.readTenant(membershipOf(principal)));
  }
}
