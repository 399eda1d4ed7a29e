import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RateLimited, RequirePermission } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { IdParam } from '../../common/http/id-param.decorator.js';
import { ConsentDto, ConsentListDto, RecordConsentDto, RequestConsentDto, RequestedConsentDto, WithdrawConsentDto } from './consent.dto.js';
import { ConsentService } from './consent.service.js';

@ApiTags('consent')
@Controller('organizations/:organizationId/members/:userId/consents')
export class MemberConsentController {
  constructor(private readonly consents: ConsentService) {}

  @Get()
  @RequirePermission('members:write')
  @ApiOperation({
    summary: 'List the consents for a member',
    description: 'Returns what guardians have declared about the person, oldest first: who, when, from where, and about which text. Also after the membership has ended.',
  })
  @ApiOkResponse({ type: ConsentListDto })
  async listConsents(@IdParam('userId') userId: string): Promise<ConsentListDto> {
    return { data: await this.consents.listConsents(userId), nextCursor: null };
  }

  @Post()
  @RequirePermission('members:write')
  @ApiOperation({
    summary: 'Record a consent on paper',
    description: 'Records that a guardian has signed a form, which the organization keeps. The member then has access with the next request.',
  })
  @ApiCreatedResponse({ type: ConsentDto })
  recordConsent(@IdParam('userId') userId: string, @Body() body: RecordConsentDto, @CurrentUser() actor: UserPrincipal): Promise<ConsentDto> {
    return this.consents.recordConsent(actor.userId, userId, body);
  }

  @Post('request')
  @RequirePermission('members:write')
  @RateLimited('memberAdd')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Request the consent of a guardian of a member',
    description: 'Mails a guardian a link, which expires in 14 days. Call it again to send another link: the previous one stops working. The address of the member is refused.',
  })
  @ApiOkResponse({ type: RequestedConsentDto })
  requestConsentFor(@IdParam('userId') userId: string, @Body() { guardianEmail }: RequestConsentDto, @CurrentUser() actor: UserPrincipal): Promise<RequestedConsentDto> {
    return this.consents.requestConsent(actor.userId, userId, guardianEmail);
  }

  @Post('withdraw')
  @RequirePermission('members:write')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Record a withdrawal of consent',
    description:
      'Records that a guardian has withdrawn the consent, and ends the membership at once, with its API keys. You cannot do so for a member who has a permission that you lack.',
  })
  @ApiNoContentResponse()
  async withdrawConsent(@IdParam('userId') userId: string, @Body() body: WithdrawConsentDto, @CurrentUser() actor: UserPrincipal): Promise<void> {
    await this.consents.withdrawConsent(actor.userId, userId, body);
  }
}
