import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RateLimited, RequireMembership, WithoutRecentLogin } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import { ConsentStateDto, RequestConsentDto, RequestedConsentDto, StateAgeDto } from './consent.dto.js';
import { ConsentService } from './consent.service.js';

@ApiTags('consent')
@Controller('organizations/:organizationId/consent')
export class ConsentController {
  constructor(private readonly consents: ConsentService) {}

  @Get()
  @RequireMembership({ beforeConsent: true })
  @ApiOperation({ summary: 'Retrieve the state of your consent', description: 'Returns whether a guardian must consent to your membership, whether one did, and the text.' })
  @ApiOkResponse({ type: ConsentStateDto })
  getOwnConsent(@CurrentUser() user: UserPrincipal): Promise<ConsentStateDto> {
    return this.consents.describeState(user);
  }

  @Post('request')
  @WithoutRecentLogin('It mails a guardian, who decides.')
  @RequireMembership({ beforeConsent: true })
  @RateLimited('consentRequest')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Request the consent of a guardian',
    description: 'Mails a guardian a link, which expires in 14 days. Call it again to send another link: the previous one stops working. Your own address is refused.',
  })
  @ApiOkResponse({ type: RequestedConsentDto })
  requestConsent(@Body() { guardianEmail }: RequestConsentDto, @CurrentUser() { userId }: UserPrincipal): Promise<RequestedConsentDto> {
    return this.consents.requestConsent(userId, userId, guardianEmail);
  }

  @Post('age')
  @WithoutRecentLogin('It decides once, and only about the access of the member.')
  @RequireMembership({ beforeConsent: true })
  @RateLimited('consentRequest')
  @HttpCode(204)
  @ApiOperation({
    summary: 'State your age',
    description:
      'Decides by your month of birth whether a guardian must consent, if the catalog names an age. The month is not stored: only the month from which you decide alone or, if you do already, that you do. It is asked once.',
  })
  @ApiNoContentResponse()
  async stateAge(@Body() { birthMonth }: StateAgeDto, @CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.consents.stateAge(userId, birthMonth);
  }
}
