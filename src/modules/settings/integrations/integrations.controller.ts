import { Body, Controller, Get, Patch, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags, type ApiResponseSchemaHost } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AcceptedVersions } from '../../../access/accepted-versions.decorator.js';
import { RequirePermission } from '../../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../../access/principal/principal.js';
import { ChangesVersion } from '../../../common/http/changes-version.decorator.js';
import { withVersion, type ExpectedVersions } from '../../../common/http/etag.js';
import { IntegrationsService, type Integration } from './integrations.service.js';

type Schema = ApiResponseSchemaHost['schema'];

const object: Schema = { type: 'object', additionalProperties: true };
const patchSchema: Schema = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    nullable: true,
    properties: { enabled: { type: 'boolean' }, config: object, secrets: { type: 'object', additionalProperties: { type: 'string', nullable: true, writeOnly: true } } },
  },
  example: { slack: { enabled: true, config: { channel: '#general' }, secrets: { webhook_url: 'https://hooks.slack.com/…' } } },
};
const secretSchema: Schema = { type: 'object', required: ['set', 'updatedAt'], properties: { set: { type: 'boolean' }, updatedAt: { type: 'string', format: 'date-time' } } };
const schema: Schema = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['enabled', 'config', 'secrets'],
    properties: { enabled: { type: 'boolean' }, config: object, secrets: { type: 'object', additionalProperties: secretSchema } },
  },
};

@ApiTags('settings')
@Controller('tenant/integrations')
export class IntegrationsController {
  constructor(private readonly integrations: IntegrationsService) {}

  @Get()
  @RequirePermission('settings:read')
  @ApiOperation({ summary: 'Retrieve the integrations', description: 'Returns the connections to other services. Secrets are never returned, only whether they are set.' })
  @ApiOkResponse({ schema })
  async getIntegrations(@Res({ passthrough: true }) reply: FastifyReply): Promise<Record<string, Integration>> {
    const { value, version } = await this.integrations.getIntegrations();
    return withVersion(reply, version, value);
  }

  @Patch()
  @RequirePermission('settings:write')
  @ApiOperation({
    summary: 'Update the integrations',
    description: 'The body is a JSON merge patch. null removes an integration or a secret. There can be 50 integrations; the document without its secrets can be up to 64 KiB.',
  })
  @ChangesVersion('the document')
  @ApiBody({ schema: patchSchema })
  @ApiOkResponse({ schema })
  async updateIntegrations(
    @Body() body: Record<string, unknown>,
    @CurrentPrincipal() { userId }: Principal,
    @AcceptedVersions() accepted: ExpectedVersions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, Integration>> {
    const { value, version } = await this.integrations.updateIntegrations({ expectedVersions: accepted, actorId: userId }, body);
    return withVersion(reply, version, value);
  }
}
