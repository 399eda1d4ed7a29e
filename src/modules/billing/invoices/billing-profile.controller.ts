import { Body, Controller, Get, Headers, Patch, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { ChangesVersion } from '../../../common/http/changes-version.decorator.js';
import { etagOf, expectedVersions } from '../../../common/http/etag.js';
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
    return withETag(await this.profile.getBillingProfile(), reply);
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
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BillingProfileDto> {
    return withETag(await this.profile.updateBillingProfile(userId, changes, expectedVersions(ifMatch)), reply);
  }
}

function withETag(organization: Organization, reply: FastifyReply): BillingProfileDto {
  reply.header('etag', etagOf(organization.version));
  return toBillingProfileDto(organization);
}
