import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../../access/access.decorators.js';
import { TenantInfoDto } from './tenant-info.dto.js';
import { TenantInfoService } from './tenant-info.service.js';

@ApiTags('settings')
@Controller('tenant/info')
export class TenantInfoController {
  constructor(private readonly info: TenantInfoService) {}

  @Get()
  @Public()
  @Header('cache-control', 'no-cache')
  @Header('vary', 'Host, X-Tenant-Slug')
  @ApiOperation({ summary: 'Name and looks of the organization that the host (or X-Tenant-Slug) names, for its login page' })
  @ApiHeader({ name: 'X-Tenant-Slug', required: false, description: 'Instead of a host of its own' })
  @ApiOkResponse({ type: TenantInfoDto })
  getTenantInfo(@Req() request: FastifyRequest): Promise<TenantInfoDto> {
    return this.info.findTenantInfo(request.hostname, request.headers['x-tenant-slug']);
  }
}
