import { Body, Controller, Patch, Post, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireFeature, RequirePermission } from '../../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../../access/principal/principal.js';
import { IdParam } from '../../../../common/http/id-param.decorator.js';
import { SsoConnectionDto } from '../sso.dto.js';
import { CreateSamlConnectionDto, samlExamples, UpdateSamlSettingsDto } from './saml.dto.js';
import { authorOf, SsoConnectionsService } from '../sso-connections.service.js';
import { SamlConnectionsService } from './saml-connections.service.js';

@ApiTags('sso')
@Controller('tenant/sso-connections')
export class SamlConnectionsController {
  constructor(
    private readonly connections: SsoConnectionsService,
    private readonly saml: SamlConnectionsService,
  ) {}

  @Post('saml')
  @RequirePermission('security:write')
  @RequireFeature('sso')
  @ApiOperation({
    summary: 'Create a connection by SAML 2.0',
    description:
      'Send the metadata of the identity provider, its URL, or the settings themselves. Then register the `metadataUrl` of the answer, or its `clientId` (entity ID) and `redirectUri` (assertion consumer service), at the identity provider. Test the connection, then enable it.',
  })
  @ApiBody({ type: CreateSamlConnectionDto, examples: samlExamples.created })
  @ApiCreatedResponse({ type: SsoConnectionDto })
  async createSamlConnection(
    @Body() body: CreateSamlConnectionDto,
    @CurrentUser() user: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SsoConnectionDto> {
    return this.connections.showCreated(await this.saml.createConnection(authorOf(user), body), reply, 'tenant/sso-connections');
  }

  @Patch(':ssoConnectionId/saml')
  @RequirePermission('security:write')
  @ApiOperation({
    summary: 'Update the SAML settings of a connection',
    description: 'The body is a JSON merge patch. Send both certificates while the identity provider replaces one, and the new one alone afterwards.',
  })
  @ApiBody({ type: UpdateSamlSettingsDto, examples: samlExamples.changed })
  @ApiOkResponse({ type: SsoConnectionDto })
  async updateSamlConnection(@IdParam('ssoConnectionId') id: string, @Body() body: UpdateSamlSettingsDto, @CurrentUser() user: UserPrincipal): Promise<SsoConnectionDto> {
    return this.connections.show(await this.saml.updateSettings(authorOf(user), id, body));
  }
}
