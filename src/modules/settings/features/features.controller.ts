import { Body, Controller, Get, Headers, Patch, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission } from '../../../access/access.decorators.js';
import { CurrentPrincipal, membershipOf, type Principal } from '../../../access/principal/principal.js';
import { expectedVersion } from '../../../common/http/etag.js';
import { FeatureListDto, ToggleFeatureDto } from './features.dto.js';
import { FeaturesService } from './features.service.js';
import { ifMatchHeader, withETag } from '../if-match.js';

@ApiTags('settings')
@Controller('tenant/features')
export class FeaturesController {
  constructor(private readonly features: FeaturesService) {}

  @Get()
  @RequirePermission('organization:read')
  @ApiOperation({ summary: 'The features: which the plan has, and which are switched on' })
  @ApiOkResponse({ type: FeatureListDto })
  async listFeatures(@CurrentPrincipal() principal: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<FeatureListDto> {
    const { value, version } = await this.features.listFeatures(membershipOf(principal).facts);
    return withETag(reply, version, value);
  }

  @Patch()
  @RequirePermission('settings:write')
  @ApiOperation({ summary: 'Switch a feature of the plan off, or on again' })
  @ApiHeader(ifMatchHeader)
  @ApiOkResponse({ type: FeatureListDto })
  async toggleFeature(
    @Body() { feature, enabled }: ToggleFeatureDto,
    @CurrentPrincipal() principal: Principal,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FeatureListDto> {
    const change = { expectedVersion: expectedVersion(ifMatch), actorId: principal.userId };
    const { value, version } = await this.features.toggleFeature(change, membershipOf(principal).facts, feature, enabled);
    return withETag(reply, version, value);
  }
}
