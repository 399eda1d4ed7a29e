import { Body, Controller, Get, Patch, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AcceptedVersions } from '../../../access/accepted-versions.decorator.js';
import { RequirePermission } from '../../../access/access.decorators.js';
import { CurrentPrincipal, membershipOf, type Principal } from '../../../access/principal/principal.js';
import { ChangesVersion } from '../../../common/http/changes-version.decorator.js';
import { withVersion, type ExpectedVersions } from '../../../common/http/etag.js';
import { FeatureListDto, ToggleFeatureDto } from './features.dto.js';
import { FeaturesService } from './features.service.js';

@ApiTags('settings')
@Controller('tenant/features')
export class FeaturesController {
  constructor(private readonly features: FeaturesService) {}

  @Get()
  @RequirePermission('organization:read', { service: 'entitlements:read' })
  @ApiOperation({
    summary: 'List features',
    description: 'Returns each feature of the catalog, whether the organization is entitled to it (by its plan, an add-on or an operator), and whether it is enabled.',
  })
  @ApiOkResponse({ type: FeatureListDto })
  async listFeatures(@CurrentPrincipal() principal: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<FeatureListDto> {
    const { value, version } = await this.features.listFeatures(membershipOf(principal).facts);
    return withVersion(reply, version, value);
  }

  @Patch()
  @RequirePermission('settings:write', { service: 'settings:write' })
  @ApiOperation({
    summary: 'Enable or disable a feature',
    description:
      'Takes effect with the next request. Only a feature that is `available` can be enabled or disabled (402 `feature_not_in_plan`). Features with `security` require a user with the permission security:write.',
  })
  @ChangesVersion('the document')
  @ApiOkResponse({ type: FeatureListDto })
  async toggleFeature(
    @Body() { feature, enabled }: ToggleFeatureDto,
    @CurrentPrincipal() principal: Principal,
    @AcceptedVersions() accepted: ExpectedVersions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FeatureListDto> {
    const { value, version } = await this.features.toggleFeature(principal, accepted, feature, enabled);
    return withVersion(reply, version, value);
  }
}
