import { Body, Controller, Delete, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { AcquireLeaseDto, LeaseDto, ProlongLeaseDto, toLeaseDto } from './leases.dto.js';
import { LeasesService } from './leases.service.js';

@ApiTags('usage')
@Controller('usage/leases')
@Unmetered()
export class LeasesController {
  constructor(private readonly leases: LeasesService) {}

  @Post()
  @RequirePermission('usage:write', { service: 'usage:report' })
  @ApiOperation({
    summary: 'Open a lease',
    description: 'Takes one unit of a concurrent meter until the lease is released or its heartbeats stop. Refused (402 `quota_exceeded`) while all units are leased.',
  })
  @ApiCreatedResponse({ type: LeaseDto })
  async acquireLease(@Body() { ttlSeconds = 60, ...body }: AcquireLeaseDto, @CurrentPrincipal() principal: Principal): Promise<LeaseDto> {
    return toLeaseDto(await this.leases.openLease(principal, { ...body, ttlSeconds }));
  }

  @Patch(':leaseId')
  @RequirePermission('usage:write', { service: 'usage:report' })
  @ApiOperation({
    summary: 'Extend a lease',
    description: 'A heartbeat: the lease expires `ttlSeconds` from now. A lease that is over cannot be extended (410): open another one.',
  })
  @ApiOkResponse({ type: LeaseDto })
  async prolongLease(@IdParam('leaseId') id: string, @Body() { ttlSeconds }: ProlongLeaseDto): Promise<LeaseDto> {
    return toLeaseDto(await this.leases.extendLease(id, ttlSeconds));
  }

  @Delete(':leaseId')
  @RequirePermission('usage:write', { service: 'usage:report' })
  @HttpCode(204)
  @ApiOperation({ summary: 'Release a lease', description: 'Returns the unit at once. A lease that is over, or never existed, is answered 204, too.' })
  @ApiNoContentResponse()
  async releaseLease(@IdParam('leaseId') id: string): Promise<void> {
    await this.leases.releaseLease(id);
  }
}
