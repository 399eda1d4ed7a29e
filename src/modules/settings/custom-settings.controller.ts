import { Body, Controller, Get, Patch, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AcceptedVersions } from '../../access/accepted-versions.decorator.js';
import { AllowedWhileImpersonating, RequirePermission } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal/principal.js';
import { ChangesVersion } from '../../common/http/changes-version.decorator.js';
import { withVersion, type ExpectedVersions } from '../../common/http/etag.js';
import { mergePatch } from '../../common/http/bodies/merge-patch.js';
import { SettingsDocumentsService, type JsonObject } from './settings-documents.service.js';
import { assertCustomSettingsFit } from './custom-settings.policy.js';

const schema = { type: 'object', additionalProperties: true, example: { theme: { dark: true } } } as const;

@ApiTags('settings')
@Controller('tenant/custom-settings')
export class CustomSettingsController {
  constructor(private readonly documents: SettingsDocumentsService) {}

  @Get()
  @RequirePermission('settings:read', { service: 'settings:read' })
  @ApiOperation({ summary: 'Retrieve the custom settings', description: 'A JSON document in which your product stores its own data.' })
  @ApiOkResponse({ schema })
  async getCustomSettings(@Res({ passthrough: true }) reply: FastifyReply): Promise<JsonObject> {
    const { document, version } = await this.documents.readDocument('custom');
    return withVersion(reply, version, document);
  }

  @Patch()
  @RequirePermission('settings:write', { service: 'settings:write' })
  @AllowedWhileImpersonating()
  @ApiOperation({ summary: 'Update the custom settings', description: 'The body is a JSON merge patch (RFC 7396). The document can be up to 64 KiB.' })
  @ChangesVersion('the document')
  @ApiBody({ schema })
  @ApiOkResponse({ schema })
  async updateCustomSettings(
    @Body() patch: Record<string, unknown>,
    @CurrentPrincipal() { userId }: Principal,
    @AcceptedVersions() accepted: ExpectedVersions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonObject> {
    const change = { section: 'custom', expectedVersions: accepted, actorId: userId } as const;
    const { document, version } = await this.documents.changeDocument(change, (current) => assertCustomSettingsFit(mergePatch(current, patch) as JsonObject));
    return withVersion(reply, version, document);
  }
}
