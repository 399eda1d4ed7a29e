import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { Public, RateLimited, WithoutIdempotencyKey } from '../../../access/access.decorators.js';
import { secretExample } from '../../../common/http/fields.js';
import { SecondFactorRequiredDto, TokenPairDto } from '../auth.dto.js';
import { CurrentDevice, type Device } from '../sessions/device.js';
import { BeginMailSignInDto, CompleteMailSignInDto, MailSignInDto } from './mail-sign-ins.dto.js';
import { MailSignInsService } from './mail-sign-ins.service.js';

@ApiTags('auth')
@Controller('auth/mail')
export class MailSignInsController {
  constructor(private readonly signIns: MailSignInsService) {}

  @Post('start')
  @WithoutIdempotencyKey('A repetition sends another mail, whose link and code work as well.')
  @RateLimited('mailSignIn')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Start a sign-in by mail',
    description:
      'Mails a link and a code that work once, for 15 minutes, if the address is known. The response does not reveal whether it is. The code works only with the `requestToken` of the response, and the link on any device. Needs `signIn: { mail: true }` in the catalog.',
  })
  @ApiOkResponse({ type: MailSignInDto })
  beginMailSignIn(@Body() body: BeginMailSignInDto, @CurrentDevice() device: Device): MailSignInDto {
    return this.signIns.beginSignIn(body, device);
  }

  @Post('complete')
  @WithoutIdempotencyKey('A link or a code is accepted once.')
  @RateLimited('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Complete a sign-in by mail',
    description:
      'Takes the token of the link, or the code with the `requestToken`. After five wrong codes the code no longer works. It verifies an address that was not verified, which ends all other unverified accounts with it, and removes what was set up for the account before: password, second factor, passkeys, identities and personal API keys. If the user has a second factor, the response has `mfaRequired` and no tokens: continue with POST /auth/mfa/verify.',
  })
  @ApiBody({
    type: CompleteMailSignInDto,
    required: true,
    examples: { link: { value: { token: secretExample, rememberMe: true } }, code: { value: { requestToken: secretExample, code: '12345678' } } },
  })
  @ApiExtraModels(TokenPairDto, SecondFactorRequiredDto)
  @ApiOkResponse({ schema: { oneOf: [{ $ref: getSchemaPath(TokenPairDto) }, { $ref: getSchemaPath(SecondFactorRequiredDto) }] } })
  completeMailSignIn(
    @Body() { deviceToken, rememberMe, organizationId, ...proof }: CompleteMailSignInDto,
    @CurrentDevice() device: Device,
  ): Promise<TokenPairDto | SecondFactorRequiredDto> {
    return this.signIns.completeSignIn(proof, device, { deviceToken, rememberMe, organizationId });
  }
}
