import { Body, Controller, Get, Headers, Patch, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { NotWhileImpersonating, RequirePermission, Unmetered } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { etagOf, expectedVersion } from '../../../common/http/etag.js';
import type { Organization } from '../../../generated/prisma/client.js';
import { BillingProfileDto, toBillingProfileDto, UpdateBillingProfileDto } from './billing-profile.dto.js';
import { BillingProfileService } from './billing-profile.service.js';

/** Whoever is to pay can say so, whatever the state of the organization. */
const evenIf = ['suspended', 'cancelled'] as const;

@ApiTags('billing')
@Controller('organizations/:organizationId/billing/profile')
@Unmetered()
export class BillingProfileController {
  constructor(private readonly profile: BillingProfileService) {}

  @Get()
  @RequirePermission('billing:manage', { evenIf })
  @ApiOperation({ summary: 'To whom invoices are written' })
  @ApiOkResponse({ type: BillingProfileDto })
  async getBillingProfile(@Res({ passthrough: true }) reply: FastifyReply): Promise<BillingProfileDto> {
    return tagged(await this.profile.get(), reply);
  }

  @Patch()
  @RequirePermission('billing:manage', { evenIf })
  @NotWhileImpersonating()
  @ApiHeader({ name: 'If-Match', required: false, description: 'The ETag you read; refuses the change when somebody else was faster' })
  @ApiOperation({ summary: 'Change to whom invoices are written (JSON merge patch; an address is replaced as a whole)' })
  @ApiOkResponse({ type: BillingProfileDto })
  async updateBillingProfile(
    @Body() changes: UpdateBillingProfileDto,
    @CurrentUser() { userId }: UserPrincipal,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BillingProfileDto> {
    return tagged(await this.profile.update(userId, changes, expectedVersion(ifMatch)), reply);
  }
}

function tagged(organization: Organization, reply: FastifyReply): BillingProfileDto {
  reply.header('etag', etagOf(organization.version));
  return toBillingProfileDto(organization);
}
