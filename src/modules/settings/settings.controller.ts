import { Body, Controller, Get, Patch, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AcceptedVersions } from '../../access/accepted-versions.decorator.js';
import { RequirePermission } from '../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../access/principal/principal.js';
import { ClientAddress } from '../../common/http/addresses/client-address.js';
import { ChangesVersion } from '../../common/http/changes-version.decorator.js';
import { withVersion, type ExpectedVersions } from '../../common/http/etag.js';
import type { SettingValue } from '../../config/catalog/catalog.js';
import { settingsPatchSchema, settingsSchema } from './settings.dto.js';
import { SettingsService } from './settings.service.js';

@ApiTags('settings')
@Controller('tenant/settings')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @RequirePermission('settings:read', { service: 'settings:read' })
  @ApiOperation({ summary: 'Retrieve the settings', description: 'Returns every setting of the catalog with the value of this organization, or its default.' })
  @ApiOkResponse({ schema: settingsSchema })
  async getSettings(@Res({ passthrough: true }) reply: FastifyReply): Promise<Record<string, SettingValue>> {
    const { value, version } = await this.settings.getSettings();
    return withVersion(reply, version, value);
  }

  @Get('schema')
  @RequirePermission('settings:read', { service: 'settings:read' })
  @ApiOperation({
    summary: 'Retrieve the JSON Schema of the settings',
    description:
      'Returns the JSON Schema of the settings that the catalog defines: types, defaults, limits and allowed values. Use it to build a form. `x-enforced-by` names the part of the server that enforces a setting, and `x-permission` the permission that a change needs.',
  })
  @ApiOkResponse({ schema: { type: 'object', additionalProperties: true } })
  getSettingsSchema(): Record<string, unknown> {
    return this.settings.settingsSchema();
  }

  @Patch()
  @RequirePermission('settings:write', { service: 'settings:write' })
  @ApiOperation({
    summary: 'Update the settings',
    description:
      'The body is a JSON merge patch. null resets a setting to its default. Settings that decide about security (`x-permission` in the schema) require a user with the permission security:write.',
  })
  @ChangesVersion('the document')
  @ApiBody({ schema: settingsPatchSchema })
  @ApiOkResponse({ schema: settingsSchema })
  async updateSettings(
    @Body() patch: Record<string, unknown>,
    @CurrentPrincipal() caller: Principal,
    @AcceptedVersions() accepted: ExpectedVersions,
    @ClientAddress() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Record<string, SettingValue>> {
    const { value, version } = await this.settings.updateSettings(caller, address, accepted, patch);
    return withVersion(reply, version, value);
  }
}
