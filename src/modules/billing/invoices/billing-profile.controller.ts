import { Body, Controller, Get, Patch, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AcceptedVersions } from '../../../access/accepted-versions.decorator.js';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { ChangesVersion } from '../../../common/http/changes-version.decorator.js';
import { withVersion, type ExpectedVersions } from '../../../common/http/etag.js';
import type { Organization } from '../../../generated/prisma/client.js';
import { BillingProfileDto, toBillingProfileDto, UpdateBillingProfileDto } from './billing-profile.dto.js';
import { BillingProfileService } from './billing-profile.service.js';

/** A suspended or cancelled organization can still change its billing profile. */
const evenIf = ['suspended', 'cancelled'] as const;

@ApiTags('billing')
@Controller('organizations/:organizationId/billing/profile')
@Unmetered()
export class BillingProfileController {
  constructor(private readonly profile: BillingProfileService) {}

  @Get()
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({ summary: 'Retrieve the billing profile', description: 'The billing profile is the recipient of the invoices.' })
  @ApiOkResponse({ type: BillingProfileDto })
  async getBillingProfile(@Res({ passthrough: true }) reply: FastifyReply): Promise<BillingProfileDto> {
    return answer(await this.profile.getBillingProfile(), reply);
  }

  @Patch()
  @RequirePermission('billing:manage', { evenIf })
  @ChangesVersion('the organization')
  @ApiOperation({
    summary: 'Update the billing profile',
    description: 'The body is a JSON merge patch. An address replaces the whole address. Invoices that are already issued do not change.',
  })
  @ApiOkResponse({ type: BillingProfileDto })
  async updateBillingProfile(
    @Body() changes: UpdateBillingProfileDto,
    @CurrentUser() { userId }: UserPrincipal,
    @AcceptedVersions() accepted: ExpectedVersions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BillingProfileDto> {
    return answer(await this.profile.updateBillingProfile(userId, changes, accepted), reply);
  }
}

const answer = (organization: Organization, reply: FastifyReply): BillingProfileDto => withVersion(reply, organization.version, toBillingProfileDto(organization));
