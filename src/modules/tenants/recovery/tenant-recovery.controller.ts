import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../../access/access.decorators.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { DomainReleasesService } from '../../domains/proofs/domain-releases.service.js';
import { RecoveryReasonDto } from './tenant-recovery.dto.js';
import { TenantRecoveryService } from './tenant-recovery.service.js';

@ApiTags('tenants')
@Controller('tenants/:tenantId')
@PlatformAdminOnly()
export class TenantRecoveryController {
  constructor(
    private readonly recovery: TenantRecoveryService,
    private readonly domains: DomainReleasesService,
  ) {}

  @Post('security/reset')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Reset the security policy of a tenant',
    description: 'Removes the allow-list and the requirements of a second factor and of single sign-on. Every owner is notified by mail.',
  })
  @ApiNoContentResponse()
  async resetTenantSecurity(@IdParam('tenantId') id: string, @Body() { reason }: RecoveryReasonDto): Promise<void> {
    await this.recovery.resetSecurity(id, reason);
  }

  @Post('domains/:domain/release')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Release a domain of a tenant',
    description: 'Ends its verification as host and as email domain, so that another tenant can verify it. The tenant needs a new TXT record. Every owner is notified by mail.',
  })
  @ApiNoContentResponse()
  async releaseTenantDomain(@IdParam('tenantId') id: string, @Param('domain') domain: string, @Body() { reason }: RecoveryReasonDto): Promise<void> {
    await this.domains.releaseDomain(id, domain, reason);
  }
}
