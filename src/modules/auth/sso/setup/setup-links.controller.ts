import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireFeature, RequirePermission } from '../../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../../access/principal/principal.js';
import { IdParam } from '../../../../common/http/id-param.decorator.js';
import { CreateSsoSetupLinkDto, NewSsoSetupLinkDto, SsoSetupLinkListDto, toNewSetupLinkDto, toSetupLinkDto } from './setup.dto.js';
import { SsoSetupLinksService } from './setup-links.service.js';

@ApiTags('sso')
@Controller('tenant/sso-setup-links')
export class SsoSetupLinksController {
  constructor(private readonly links: SsoSetupLinksService) {}

  @Get()
  @RequirePermission('security:read')
  @ApiOperation({ summary: 'List the set-up links of single sign-on', description: 'Returns the links that still work, without their tokens.' })
  @ApiOkResponse({ type: SsoSetupLinkListDto })
  async listSsoSetupLinks(): Promise<SsoSetupLinkListDto> {
    return { data: (await this.links.listLinks()).map(toSetupLinkDto), nextCursor: null };
  }

  @Post()
  @RequirePermission('security:write')
  @RequireFeature('sso')
  @ApiOperation({
    summary: 'Create a set-up link of single sign-on',
    description:
      'Makes a link for the administrator of the identity provider, who needs no account. With it they create a connection, test it and enable it, and nothing else; enabling ends the link. Only this response contains the token. An organization has at most ten links.',
  })
  @ApiCreatedResponse({ type: NewSsoSetupLinkDto })
  async createSsoSetupLink(@Body() body: CreateSsoSetupLinkDto, @CurrentUser() { userId }: UserPrincipal): Promise<NewSsoSetupLinkDto> {
    return toNewSetupLinkDto(await this.links.createLink(userId, body));
  }

  @Delete(':ssoSetupLinkId')
  @RequirePermission('security:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a set-up link of single sign-on', description: 'The link stops working at once. The connections that were created with it stay.' })
  @ApiNoContentResponse()
  async revokeSsoSetupLink(@IdParam('ssoSetupLinkId') id: string): Promise<void> {
    await this.links.revokeLink(id);
  }
}
