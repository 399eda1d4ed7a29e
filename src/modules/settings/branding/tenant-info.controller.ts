import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../../access/access.decorators.js';
import { hostNameOf } from '../../../common/http/addresses/host-header.js';
import { TenantInfoDto } from './tenant-info.dto.js';
import { TenantInfoService } from './tenant-info.service.js';

@ApiTags('settings')
@Controller('tenant/info')
export class TenantInfoController {
  constructor(private readonly info: TenantInfoService) {}

  @Get()
  @Public()
  @Header('cache-control', 'no-cache')
  @Header('vary', 'Host, Origin, X-Tenant-Slug')
  @ApiOperation({
    summary: 'Retrieve the public information of an organization',
    description: 'Returns the name and branding for the sign-in page. The host or X-Tenant-Slug selects the organization.',
  })
  @ApiHeader({ name: 'X-Tenant-Slug', required: false, description: 'The slug of the organization, if the host does not select it' })
  @ApiOkResponse({ type: TenantInfoDto })
  getTenantInfo(@Req() request: FastifyRequest): Promise<TenantInfoDto> {
    return this.info.findTenantInfo(hostNameOf(request), request.headers['x-tenant-slug']);
  }
}
