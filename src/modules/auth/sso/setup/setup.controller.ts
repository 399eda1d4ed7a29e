import { Body, Controller, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireFeature, SetupLinksOnly, WithoutIdempotencyKey } from '../../../../access/access.decorators.js';
import { CurrentSetupLink, type SetupPrincipal } from '../../../../access/principal/principal.js';
import { IdParam } from '../../../../common/http/id-param.decorator.js';
import { CompleteProviderVisitDto, ProviderVisitDto } from '../../providers/providers.dto.js';
import { samlExamples, UpdateSamlSettingsDto } from '../saml/saml.dto.js';
import { SamlConnectionsService } from '../saml/saml-connections.service.js';
import { SetUpConnectionDto, SetUpSamlConnectionDto, SsoSetupDto, UpdateSetUpConnectionDto } from './setup.dto.js';
import { SsoSetupLinksService } from './setup-links.service.js';
import { BeginSsoTestDto, SsoConnectionDto, SsoTestDto } from '../sso.dto.js';
import { authorOf, SsoConnectionsService } from '../sso-connections.service.js';
import { SsoSignInsService } from '../sso-sign-ins.service.js';

/** The routes of a set-up link. They reach the connections that were created with it, until they are enabled. */
@ApiTags('sso')
@Controller('sso-setup')
@SetupLinksOnly()
@RequireFeature('sso')
export class SsoSetupController {
  constructor(
    private readonly links: SsoSetupLinksService,
    private readonly connections: SsoConnectionsService,
    private readonly saml: SamlConnectionsService,
    private readonly signIns: SsoSignInsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Retrieve the set-up of single sign-on', description: 'Returns what the link may see: the name of the organization, and the connections of the link.' })
  @ApiOkResponse({ type: SsoSetupDto })
  async getSsoSetup(@CurrentSetupLink() link: SetupPrincipal): Promise<SsoSetupDto> {
    const [organization, connections] = await Promise.all([this.links.nameOfOrganization(), this.connections.listConnections(authorOf(link))]);
    return { organization, expiresAt: link.expiresAt, connections: await Promise.all(connections.map((each) => this.connections.show(each))) };
  }

  @Post('connections')
  @ApiOperation({
    summary: 'Set up a connection of single sign-on',
    description:
      'Creates a connection that is not enabled. New members get the default role, until a member of the organization maps roles. Register its `redirectUri` at the identity provider.',
  })
  @ApiCreatedResponse({ type: SsoConnectionDto })
  async setUpSsoConnection(@Body() body: SetUpConnectionDto, @CurrentSetupLink() link: SetupPrincipal, @Res({ passthrough: true }) reply: FastifyReply): Promise<SsoConnectionDto> {
    return this.connections.showCreated(await this.connections.createConnection(authorOf(link), body), reply, 'sso-setup/connections');
  }

  @Post('connections/saml')
  @ApiOperation({
    summary: 'Set up a connection by SAML 2.0',
    description:
      'Creates a connection that is not enabled. New members get the default role, until a member of the organization maps roles. Register its entity ID (`clientId`) and its assertion consumer service (`redirectUri`) at the identity provider.',
  })
  @ApiBody({ type: SetUpSamlConnectionDto, examples: samlExamples.created })
  @ApiCreatedResponse({ type: SsoConnectionDto })
  async setUpSamlConnection(
    @Body() body: SetUpSamlConnectionDto,
    @CurrentSetupLink() link: SetupPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SsoConnectionDto> {
    return this.connections.showCreated(await this.saml.createConnection(authorOf(link), body), reply, 'sso-setup/connections');
  }

  @Patch('connections/:ssoConnectionId/saml')
  @WithoutIdempotencyKey('A repetition sets the same values.')
  @ApiOperation({ summary: 'Update the SAML settings of a connection of the set-up', description: 'The body is a JSON merge patch.' })
  @ApiBody({ type: UpdateSamlSettingsDto, examples: samlExamples.changed })
  @ApiOkResponse({ type: SsoConnectionDto })
  async updateSetUpSamlConnection(
    @IdParam('ssoConnectionId') id: string,
    @Body() body: UpdateSamlSettingsDto,
    @CurrentSetupLink() link: SetupPrincipal,
  ): Promise<SsoConnectionDto> {
    return this.connections.show(await this.saml.updateSettings(authorOf(link), id, body));
  }

  @Get('connections/:ssoConnectionId')
  @ApiOperation({
    summary: 'Retrieve a connection of the set-up',
    description: 'Returns a connection with its last ten sign-ins, and the reasons of failures. The client secret is never returned.',
  })
  @ApiOkResponse({ type: SsoConnectionDto })
  async getSetUpSsoConnection(@IdParam('ssoConnectionId') id: string, @CurrentSetupLink() link: SetupPrincipal): Promise<SsoConnectionDto> {
    return this.connections.show(await this.connections.getConnection(id, authorOf(link)));
  }

  @Patch('connections/:ssoConnectionId')
  @WithoutIdempotencyKey('A repetition sets the same values, or the link has ended.')
  @ApiOperation({
    summary: 'Update a connection of the set-up',
    description: 'The body is a JSON merge patch. `enabled: true` enables the connection, after a successful test, and ends the link: this is its last response.',
  })
  @ApiOkResponse({ type: SsoConnectionDto })
  async updateSetUpSsoConnection(
    @IdParam('ssoConnectionId') id: string,
    @Body() body: UpdateSetUpConnectionDto,
    @CurrentSetupLink() link: SetupPrincipal,
  ): Promise<SsoConnectionDto> {
    return this.connections.show(await this.connections.updateConnection(authorOf(link), id, body));
  }

  @Post('connections/:ssoConnectionId/test')
  @WithoutIdempotencyKey('A repetition begins another visit, and the first one expires.')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Start a test of a connection of the set-up',
    description: 'Returns the page of the identity provider, which sends you back to `redirectUri`. Continue with POST /sso-setup/connections/{ssoConnectionId}/test/complete.',
  })
  @ApiOkResponse({ type: ProviderVisitDto })
  async beginSetUpSsoTest(@IdParam('ssoConnectionId') id: string, @Body() { challenge }: BeginSsoTestDto, @CurrentSetupLink() link: SetupPrincipal): Promise<ProviderVisitDto> {
    return { url: await this.signIns.beginTest(authorOf(link), id, challenge) };
  }

  @Post('connections/:ssoConnectionId/test/complete')
  @WithoutIdempotencyKey('A return is accepted once.')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Complete a test of a connection of the set-up',
    description: 'Returns how the user would be signed in. Nobody is signed in, and nobody becomes a member.',
  })
  @ApiOkResponse({ type: SsoTestDto })
  async completeSetUpSsoTest(@IdParam('ssoConnectionId') id: string, @Body() body: CompleteProviderVisitDto, @CurrentSetupLink() link: SetupPrincipal): Promise<SsoTestDto> {
    return { ...(await this.signIns.completeTest(authorOf(link), id, body)) } as SsoTestDto;
  }
}
