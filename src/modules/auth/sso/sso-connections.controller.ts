import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequireFeature, RequirePermission, WithoutIdempotencyKey } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { CompleteProviderVisitDto, ProviderVisitDto } from '../providers/providers.dto.js';
import { BeginSsoTestDto, CreateSsoConnectionDto, SsoConnectionDto, SsoConnectionListDto, SsoTestDto, UpdateSsoConnectionDto } from './sso.dto.js';
import { authorOf, SsoConnectionsService } from './sso-connections.service.js';
import { SsoSignInsService } from './sso-sign-ins.service.js';

@ApiTags('sso')
@Controller('tenant/sso-connections')
export class SsoConnectionsController {
  constructor(
    private readonly connections: SsoConnectionsService,
    private readonly signIns: SsoSignInsService,
  ) {}

  @Get()
  @RequirePermission('security:read')
  @ApiOperation({ summary: 'List the connections of single sign-on', description: 'Returns the connections of the organization with their last sign-ins.' })
  @ApiOkResponse({ type: SsoConnectionListDto })
  async listSsoConnections(): Promise<SsoConnectionListDto> {
    return { data: await Promise.all((await this.connections.listConnections()).map((each) => this.connections.show(each))), nextCursor: null };
  }

  @Post()
  @RequirePermission('security:write')
  @RequireFeature('sso')
  @ApiOperation({
    summary: 'Create a connection of single sign-on',
    description: 'Register its `redirectUri` at the identity provider, test it, then enable it. An organization has at most 20.',
  })
  @ApiCreatedResponse({ type: SsoConnectionDto })
  async createSsoConnection(@Body() body: CreateSsoConnectionDto, @CurrentUser() user: UserPrincipal, @Res({ passthrough: true }) reply: FastifyReply): Promise<SsoConnectionDto> {
    return this.connections.showCreated(await this.connections.createConnection(authorOf(user), body), reply, 'tenant/sso-connections');
  }

  @Get(':ssoConnectionId')
  @RequirePermission('security:read')
  @ApiOperation({
    summary: 'Retrieve a connection of single sign-on',
    description: 'Returns a connection with its last ten sign-ins, and the reasons of failures. The client secret is never returned.',
  })
  @ApiOkResponse({ type: SsoConnectionDto })
  async getSsoConnection(@IdParam('ssoConnectionId') id: string): Promise<SsoConnectionDto> {
    return this.connections.show(await this.connections.getConnection(id));
  }

  @Patch(':ssoConnectionId')
  @RequirePermission('security:write')
  @ApiOperation({
    summary: 'Update a connection of single sign-on',
    description: 'The body is a JSON merge patch. `enabled: false` ends the sessions that began with the connection. The author of new roles must be able to grant them.',
  })
  @ApiOkResponse({ type: SsoConnectionDto })
  async updateSsoConnection(@IdParam('ssoConnectionId') id: string, @Body() body: UpdateSsoConnectionDto, @CurrentUser() user: UserPrincipal): Promise<SsoConnectionDto> {
    return this.connections.show(await this.connections.updateConnection(authorOf(user), id, body));
  }

  @Delete(':ssoConnectionId')
  @RequirePermission('security:write')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a connection of single sign-on', description: 'Ends the sessions that began with it. Members stay members, and sign in another way.' })
  @ApiNoContentResponse()
  async deleteSsoConnection(@IdParam('ssoConnectionId') id: string): Promise<void> {
    await this.connections.deleteConnection(id);
  }

  @Post(':ssoConnectionId/test')
  @WithoutIdempotencyKey('A repetition begins another visit, and the first one expires.')
  @RequirePermission('security:write')
  @RequireFeature('sso')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Start a test of a connection',
    description:
      'Returns the page of the identity provider, which sends you back to `redirectUri`. Continue in the same session with POST /tenant/sso-connections/{ssoConnectionId}/test/complete.',
  })
  @ApiOkResponse({ type: ProviderVisitDto })
  async beginSsoTest(@IdParam('ssoConnectionId') id: string, @Body() { challenge }: BeginSsoTestDto, @CurrentUser() user: UserPrincipal): Promise<ProviderVisitDto> {
    return { url: await this.signIns.beginTest(authorOf(user), id, challenge) };
  }

  @Post(':ssoConnectionId/test/complete')
  @WithoutIdempotencyKey('A return is accepted once.')
  @RequirePermission('security:write')
  @RequireFeature('sso')
  @HttpCode(200)
  @ApiOperation({ summary: 'Complete a test of a connection', description: 'Returns how the user would be signed in. Nobody is signed in, and nobody becomes a member.' })
  @ApiOkResponse({ type: SsoTestDto })
  async completeSsoTest(@IdParam('ssoConnectionId') id: string, @Body() body: CompleteProviderVisitDto, @CurrentUser() user: UserPrincipal): Promise<SsoTestDto> {
    return { ...(await this.signIns.completeTest(authorOf(user), id, body)) } as SsoTestDto;
  }
}
