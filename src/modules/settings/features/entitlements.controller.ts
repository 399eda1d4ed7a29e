import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentPrincipal, membershipOf, type Principal } from '../../../access/principal/principal.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { EntitlementsDto, toEntitlementsDto } from './entitlements.dto.js';

@ApiTags('settings')
@Controller('tenant/entitlements')
@Unmetered()
export class EntitlementsController {
  constructor(private readonly catalog: Catalog) {}

  @Get()
  @RequirePermission('organization:read', { service: 'entitlements:read' })
  @ApiOperation({ summary: 'Retrieve the entitlements of the organization', description: 'Returns features, limits, seats and the rate limit, each with its source.' })
  @ApiOkResponse({ type: EntitlementsDto })
  getEntitlements(@CurrentPrincipal() principal: Principal): EntitlementsDto {
    return toEntitlementsDto(membershipOf(principal).facts.entitlements, (meter) => this.catalog.decimalsOf(meter));
  }
}
