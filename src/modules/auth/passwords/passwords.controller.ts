import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, Public, RateLimited, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { ChangePasswordDto, ForgotPasswordDto, ResetPasswordDto, TokenPairDto } from '../auth.dto.js';
import { CurrentDevice, type Device } from '../sessions/device.js';
import { PasswordChangesService } from './password-changes.service.js';

@ApiTags('auth')
@Controller('auth/password')
export class PasswordsController {
  constructor(private readonly changes: PasswordChangesService) {}

  @Post('change')
  @WithoutRecentLogin('The current password proves the user.')
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Change the password',
    description: 'Ends every session of the user, and returns the tokens of a new session. The new password must differ from the current one. API keys keep working.',
  })
  @ApiOkResponse({ type: TokenPairDto })
  changePassword(@Body() body: ChangePasswordDto, @CurrentUser() { userId, sessionId }: UserPrincipal, @CurrentDevice() device: Device): Promise<TokenPairDto> {
    return this.changes.changePassword(userId, sessionId, body, device);
  }

  @Post('forgot')
  @Public()
  @RateLimited('passwordForgot')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Request a password reset',
    description: 'Mails a link that works once, for two hours, if the address is known. The response does not reveal whether it is.',
  })
  @ApiNoContentResponse()
  forgotPassword(@Body() { email }: ForgotPasswordDto): void {
    this.changes.requestPasswordReset(email);
  }

  @Post('reset')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Reset the password',
    description:
      'Takes the token from the link in the email. Ends every session of the user. The link also verifies the address, which ends all other unverified accounts with it. If the address was not verified before, the second factor and the personal API keys of the account are removed.',
  })
  @ApiNoContentResponse()
  async resetPassword(@Body() { token, newPassword }: ResetPasswordDto): Promise<void> {
    await this.changes.resetPassword(token, newPassword);
  }
}
