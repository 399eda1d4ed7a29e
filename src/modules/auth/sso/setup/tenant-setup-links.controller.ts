import { Body, Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlatformAdminOnly } from '../../../../access/access.decorators.js';
import { IdParam } from '../../../../common/http/id-param.decorator.js';
import { CreateTenantSetupLinkDto, NewSsoSetupLinkDto, toNewSetupLinkDto } from './setup.dto.js';
import { SsoSetupLinksService } from './setup-links.service.js';

@ApiTags('tenants')
@Controller('tenants/:tenantId/sso-setup-links')
@PlatformAdminOnly()
export class TenantSetupLinksController {
  constructor(private readonly links: SsoSetupLinksService) {}

  @Post()
  @ApiOperation({
    summary: 'Create a set-up link of single sign-on for a tenant',
    description:
      'Makes a link for the administrator of the identity provider of the tenant, in the name of the owner who joined first. Every owner is notified by mail, lists the link and can revoke it. Only this response contains the token.',
  })
  @ApiCreatedResponse({ type: NewSsoSetupLinkDto })
  async createTenantSsoSetupLink(@IdParam('tenantId') id: string, @Body() body: CreateTenantSetupLinkDto): Promise<NewSsoSetupLinkDto> {
    return toNewSetupLinkDto(await this.links.createLinkForOperator(id, body));
  }
}
