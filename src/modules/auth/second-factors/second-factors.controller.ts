import { Body, Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, Public, RateLimited, RequireRecentLogin, WithoutIdempotencyKey, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { AuthService } from '../auth.service.js';
import { CodeDto, ConfirmTotpDto, RecoveryCodesDto, TotpEnrollmentDto, UndoSecondFactorDto, VerifyMfaDto, CompletedLoginDto } from '../auth.dto.js';
import { CurrentDevice, type Device } from '../sessions/device.js';
import { SecondFactorUndoService } from './second-factor-undo.service.js';
import { SecondFactorsService } from './second-factors.service.js';

@ApiTags('auth')
@Controller('auth/mfa')
export class SecondFactorsController {
  constructor(
    private readonly factors: SecondFactorsService,
    private readonly undos: SecondFactorUndoService,
    private readonly auth: AuthService,
  ) {}

  @Post('verify')
  @WithoutIdempotencyKey('A code is valid once, and a repetition of the login gets a new one.')
  @Public()
  @RateLimited('login')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Complete a login with a second factor',
    description:
      'Takes a code from the authenticator app, a recovery code, or a passkey, and returns the tokens of the session. Each code works once. Wrong codes lock the account, as wrong passwords do. With `trustDevice`, the answer has a `deviceToken`: sent with the next logins, it stands for the second factor.',
  })
  @ApiOkResponse({ type: CompletedLoginDto })
  verifyMfa(@Body() { mfaToken, trustDevice, ...proof }: VerifyMfaDto, @CurrentDevice() device: Device): Promise<CompletedLoginDto> {
    return this.auth.completeLogin(mfaToken, proof, device, trustDevice);
  }

  @Post('totp')
  @RequireRecentLogin()
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Start the enrollment of an authenticator app',
    description:
      'To activate the second factor, call POST /auth/mfa/totp/confirm. A second call replaces an enrollment that is not confirmed. Operators get a token by mail, which they send there within two hours.',
  })
  @ApiOkResponse({ type: TotpEnrollmentDto })
  enrolTotp(@CurrentUser() { userId }: UserPrincipal): Promise<TotpEnrollmentDto> {
    return this.factors.beginTotpEnrollment(userId);
  }

  @Post('totp/confirm')
  @RequireRecentLogin()
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Confirm the enrollment of an authenticator app',
    description:
      'Only this response contains the recovery codes. Operators also send `mailedToken`. This session counts as signed in with the second factor, your other sessions do not. A mail to the verified address has a link that undoes the second factor.',
  })
  @ApiOkResponse({ type: RecoveryCodesDto })
  async confirmTotp(@Body() { code, mailedToken }: ConfirmTotpDto, @CurrentUser() { userId, sessionId }: UserPrincipal): Promise<RecoveryCodesDto> {
    return { recoveryCodes: await this.factors.confirmTotpEnrollment(userId, sessionId, code, mailedToken) };
  }

  @Post('totp/undo')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Undo a new second factor',
    description:
      'Takes the token that was mailed when the second factor was set up, within 7 days. Removes the second factor and the recovery codes, ends every session, and removes the password and all personal API keys. Continue with POST /auth/password/forgot.',
  })
  @ApiNoContentResponse()
  async undoTotp(@Body() { token }: UndoSecondFactorDto): Promise<void> {
    await this.undos.undoSecondFactor(token);
  }

  @Post('recovery-codes')
  @WithoutRecentLogin('The code proves the user.')
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({ summary: 'Replace the recovery codes', description: 'Returns ten new recovery codes. The previous ones stop working.' })
  @ApiOkResponse({ type: RecoveryCodesDto })
  async renewRecoveryCodes(@Body() { code }: CodeDto, @CurrentUser() { userId }: UserPrincipal): Promise<RecoveryCodesDto> {
    return { recoveryCodes: await this.factors.renewRecoveryCodes(userId, code) };
  }

  @Delete('totp')
  @WithoutRecentLogin('The code proves the user.')
  @Authenticated()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove the second factor',
    description: 'Removes the recovery codes, too. Your sessions stay. Refused while one of your organizations requires a second factor.',
  })
  @ApiNoContentResponse()
  async removeTotp(@Body() { code }: CodeDto, @CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.factors.removeSecondFactor(userId, code);
  }
}
