import { Body, Controller, Get, Patch, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AcceptedVersions } from '../../../access/accepted-versions.decorator.js';
import { AllowedWhileImpersonating, RequireFeature, RequirePermission } from '../../../access/access.decorators.js';
import { CurrentPrincipal, type Principal } from '../../../access/principal/principal.js';
import { ChangesVersion } from '../../../common/http/changes-version.decorator.js';
import { withVersion, type ExpectedVersions } from '../../../common/http/etag.js';
import { BrandingDto, UpdateBrandingDto, UpdatedBrandingDto } from './branding.dto.js';
import { BrandingService } from './branding.service.js';

@ApiTags('settings')
@Controller('tenant/branding')
export class BrandingController {
  constructor(private readonly branding: BrandingService) {}

  @Get()
  @RequirePermission('organization:read', { service: 'settings:read' })
  @ApiOperation({
    summary: 'Retrieve the branding',
    description: 'Returns the branding of the organization, for its pages and mails. Fields that are not set are null. Send the ETag as `If-Match` to change only this version.',
  })
  @ApiOkResponse({ type: BrandingDto })
  async getBranding(@Res({ passthrough: true }) reply: FastifyReply): Promise<BrandingDto> {
    const { value, version } = await this.branding.getBranding();
    return withVersion(reply, version, value);
  }

  @Patch()
  @RequirePermission('settings:write', { service: 'settings:write' })
  @AllowedWhileImpersonating()
  @RequireFeature('custom_branding')
  @ApiOperation({ summary: 'Update the branding', description: 'The body is a JSON merge patch. Unsafe CSS is removed; the response lists what was removed.' })
  @ChangesVersion('the document')
  @ApiOkResponse({ type: UpdatedBrandingDto })
  async updateBranding(
    @Body() body: UpdateBrandingDto,
    @CurrentPrincipal() { userId }: Principal,
    @AcceptedVersions() accepted: ExpectedVersions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpdatedBrandingDto> {
    const { value, version } = await this.branding.updateBranding({ expectedVersions: accepted, actorId: userId }, body);
    return withVersion(reply, version, value);
  }
}
