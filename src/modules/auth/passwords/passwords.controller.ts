import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, NotWhileImpersonating, Public, RateLimited } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { ChangePasswordDto, ForgotPasswordDto, ResetPasswordDto, TokenPairDto } from '../auth.dto.js';
import { CurrentDevice, type Device } from '../sessions/device.js';
import { PasswordChangesService } from './password-changes.service.js';

@ApiTags('auth')
@Controller('auth/password')
export class PasswordsController {
  constructor(private readonly changes: PasswordChangesService) {}

  @Post('change')
  @NotWhileImpersonating()
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({ summary: 'Change the password; every session ends, and the answer begins a new one' })
  @ApiOkResponse({ type: TokenPairDto })
  changePassword(@Body() body: ChangePasswordDto, @CurrentUser() { userId, sessionId }: UserPrincipal, @CurrentDevice() device: Device): Promise<TokenPairDto> {
    return this.changes.changePassword(userId, sessionId, body, device);
  }

  @Post('forgot')
  @Public()
  @RateLimited('passwordForgot')
  @HttpCode(204)
  @ApiOperation({ summary: 'Have a link for a new password mailed; the answer is the same whether the address is known or not' })
  @ApiNoContentResponse()
  forgotPassword(@Body() { email }: ForgotPasswordDto): void {
    this.changes.requestPasswordReset(email);
  }

  @Post('reset')
  @Public()
  @HttpCode(204)
  @ApiOperation({ summary: 'Choose a new password by the token of the mailed link; every session ends' })
  @ApiNoContentResponse()
  async resetPassword(@Body() { token, newPassword }: ResetPasswordDto): Promise<void> {
    await this.changes.resetPassword(token, newPassword);
  }
}
