import { Body, Controller, Get, Header, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { Public, WithoutIdempotencyKey } from '../../../../access/access.decorators.js';
import { OtherBodies } from '../../../../common/http/bodies/other-bodies.decorator.js';
import { IdParam } from '../../../../common/http/id-param.decorator.js';
import { SamlResponseDto } from './saml.dto.js';
import { SamlConnectionsService } from './saml-connections.service.js';

/** The routes that the identity providers of connections by SAML use. */
@ApiTags('sso')
@Controller('auth/sso/:ssoConnectionId')
export class SamlController {
  constructor(private readonly connections: SamlConnectionsService) {}

  @Get('metadata')
  @Public()
  @Header('content-type', 'application/samlmetadata+xml')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Retrieve the metadata of a connection',
    description: 'Returns the metadata of a connection by SAML 2.0, for its identity provider: entity ID, assertion consumer service and certificate.',
  })
  @ApiProduces('application/samlmetadata+xml')
  @ApiOkResponse({ schema: { type: 'string' } })
  getSamlMetadata(@IdParam('ssoConnectionId') id: string): Promise<string> {
    return this.connections.describeConnection(id);
  }

  @Post('acs')
  @RouteConfig({ formBody: true })
  @OtherBodies({ 'application/x-www-form-urlencoded': { $ref: getSchemaPath(SamlResponseDto) } })
  @WithoutIdempotencyKey('A visit takes one response.')
  @Public()
  @HttpCode(303)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Receive a SAML response',
    description:
      'The browser sends it from the identity provider (assertion consumer service, HTTP-POST). Redirects to the page `/sign-in/sso/{ssoConnectionId}` of the front end, which continues with POST /auth/sso/{ssoConnectionId}/complete. The response is checked there.',
  })
  @ApiResponse({
    status: 303,
    description: 'The page of the front end',
    headers: { Location: { schema: { type: 'string' }, description: 'The page, with the parameter `state`' } },
  })
  async receiveSamlResponse(
    @IdParam('ssoConnectionId') id: string,
    @Body() { SAMLResponse: response, RelayState: relayState }: SamlResponseDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    reply.header('location', await this.connections.receiveResponse(id, response, relayState));
  }
}
