import { Body, Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, NotWhileImpersonating, Public, RateLimited } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { AuthService } from '../auth.service.js';
import { CodeDto, RecoveryCodesDto, TokenPairDto, TotpEnrolmentDto, VerifyMfaDto } from '../auth.dto.js';
import { CurrentDevice, type Device } from '../sessions/device.js';
import { SecondFactorsService } from './second-factors.service.js';

@ApiTags('auth')
@Controller('auth/mfa')
export class SecondFactorsController {
  constructor(
    private readonly factors: SecondFactorsService,
    private readonly auth: AuthService,
  ) {}

  @Post('verify')
  @Public()
  @RateLimited('login')
  @HttpCode(200)
  @ApiOperation({ summary: 'The second step of a login: a code of the authenticator app, or a recovery code' })
  @ApiOkResponse({ type: TokenPairDto })
  verifyMfa(@Body() { mfaToken, code }: VerifyMfaDto, @CurrentDevice() device: Device): Promise<TokenPairDto> {
    return this.auth.completeLogin(mfaToken, code, device);
  }

  @Post('totp')
  @NotWhileImpersonating()
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({ summary: 'Begin with an authenticator app; it counts once it is confirmed' })
  @ApiOkResponse({ type: TotpEnrolmentDto })
  enrolTotp(@CurrentUser() { userId, email }: UserPrincipal): Promise<TotpEnrolmentDto> {
    return this.factors.beginTotpEnrolment(userId, email);
  }

  @Post('totp/confirm')
  @NotWhileImpersonating()
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({ summary: 'Confirm it by its first code; the answer shows the recovery codes, once' })
  @ApiOkResponse({ type: RecoveryCodesDto })
  async confirmTotp(@Body() { code }: CodeDto, @CurrentUser() { userId, sessionId }: UserPrincipal): Promise<RecoveryCodesDto> {
    return { recoveryCodes: await this.factors.confirmTotpEnrolment(userId, sessionId, code) };
  }

  @Post('recovery-codes')
  @NotWhileImpersonating()
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({ summary: 'New recovery codes; the old ones stop working' })
  @ApiOkResponse({ type: RecoveryCodesDto })
  async renewRecoveryCodes(@Body() { code }: CodeDto, @CurrentUser() { userId, email }: UserPrincipal): Promise<RecoveryCodesDto> {
    return { recoveryCodes: await this.factors.renewRecoveryCodes(userId, email, code) };
  }

  @Delete('totp')
  @NotWhileImpersonating()
  @Authenticated()
  @HttpCode(204)
  @ApiOperation({ summary: 'Do without; refused while an organization of yours asks for it' })
  @ApiNoContentResponse()
  async removeTotp(@Body() { code }: CodeDto, @CurrentUser() { userId, email }: UserPrincipal): Promise<void> {
    await this.factors.removeSecondFactor(userId, email, code);
  }
}
