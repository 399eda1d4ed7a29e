import { Body, Controller, Patch, Post, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireFeature, RequirePermission } from '../../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../../access/principal/principal.js';
import { IdParam } from '../../../../common/http/id-param.decorator.js';
import { AppConfig } from '../../../../config/app-config.js';
import { SsoConnectionDto, toSsoConnectionDto } from '../sso.dto.js';
import { CreateSamlConnectionDto, samlExamples, UpdateSamlSettingsDto } from './saml.dto.js';
import { authorOf } from '../sso-connections.service.js';
import { SamlConnectionsService } from './saml-connections.service.js';

@ApiTags('sso')
@Controller('tenant/sso-connections')
export class SamlConnectionsController {
  constructor(
    private readonly connections: SamlConnectionsService,
    private readonly config: AppConfig,
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
    const created = await this.connections.createConnection(authorOf(user), body);
    reply.header('location', `/api/v1/tenant/sso-connections/${created.id}`);
    return toSsoConnectionDto(created, [], this.config);
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
    return toSsoConnectionDto(await this.connections.updateSettings(authorOf(user), id, body), [], this.config);
  }
}
