import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public, RateLimited } from '../../access/access.decorators.js';
import { CurrentDevice, type Device } from '../auth/sessions/device.js';
import { ConsentPreviewDto, GiveConsentDto, GuardianTokenDto } from './consent.dto.js';
import { GuardianLinksService } from './guardian-links.service.js';

@ApiTags('consent')
@Controller('consent')
export class GuardianLinksController {
  constructor(private readonly links: GuardianLinksService) {}

  @Post('preview')
  @RateLimited('invitationAccept')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Preview a consent', description: 'Returns what a guardian consents to with the mailed link, and for whom, so that your page can show it.' })
  @ApiOkResponse({ type: ConsentPreviewDto })
  previewConsent(@Body() { token }: GuardianTokenDto): Promise<ConsentPreviewDto> {
    return this.links.previewLink(token);
  }

  @Post('give')
  @RateLimited('invitationAccept')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Give a consent',
    description:
      'Records that a guardian consents, with the time, the IP address, the program and the version of the text. The member then has access. The link works once. The guardian gets a mail that confirms the consent, with a link to withdraw it.',
  })
  @ApiNoContentResponse()
  async giveConsent(@Body() body: GiveConsentDto, @CurrentDevice() device: Device): Promise<void> {
    await this.links.giveConsent(body, device);
  }

  @Post('withdraw')
  @RateLimited('invitationAccept')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Withdraw a consent',
    description: 'Records that the guardian withdraws the consent, and ends the membership at once, with its API keys. The link works once.',
  })
  @ApiNoContentResponse()
  async withdrawConsentByLink(@Body() { token }: GuardianTokenDto, @CurrentDevice() device: Device): Promise<void> {
    await this.links.withdrawConsent(token, device);
  }
}
