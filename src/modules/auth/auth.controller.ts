import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, NotWhileImpersonating, Public, RateLimited } from '../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../access/principal/principal.js';
import {
  LogInDto,
  LoginAnswerDto,
  MeDto,
  RefreshDto,
  SignedUpDto,
  SignUpDto,
  SwitchOrganizationDto,
  TokenPairDto,
  toOrganizationRefDto,
  toUserDto,
  VerifyEmailDto,
} from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { CurrentDevice, type Device } from './sessions/device.js';
import { EmailVerificationService } from './email-verification.service.js';
import { MeService } from './me.service.js';
import { RefreshService } from './sessions/refresh.service.js';
import { SessionsService } from './sessions/sessions.service.js';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly sessions: SessionsService,
    private readonly refreshing: RefreshService,
    private readonly verification: EmailVerificationService,
    private readonly me: MeService,
  ) {}

  @Post('signup')
  @RateLimited('signup')
  @Public()
  @ApiOperation({ summary: 'Make a user, an organization and its first owner at once' })
  @ApiCreatedResponse({ type: SignedUpDto })
  async signUp(@Body() { organization, ...user }: SignUpDto, @CurrentDevice() device: Device): Promise<SignedUpDto> {
    const done = await this.auth.signUp(user, organization, device);
    return { ...done, user: toUserDto(done.user), organization: toOrganizationRefDto(done.organization) };
  }

  @Post('login')
  @RateLimited('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in; whoever has a second factor goes on with POST /auth/mfa/verify' })
  @ApiOkResponse({ type: LoginAnswerDto })
  logIn(@Body() login: LogInDto, @CurrentDevice() device: Device): Promise<LoginAnswerDto> {
    return this.auth.logIn(login, device);
  }

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Trade a refresh token for a new pair; one that comes twice ends the session' })
  @ApiOkResponse({ type: TokenPairDto })
  refresh(@Body() { refreshToken }: RefreshDto, @CurrentDevice() device: Device): Promise<TokenPairDto> {
    return this.refreshing.refreshTokens(refreshToken, device);
  }

  @Post('logout')
  @Authenticated()
  @HttpCode(204)
  @ApiOperation({ summary: 'End this session' })
  @ApiNoContentResponse()
  async logOut(@CurrentUser() { userId, sessionId }: UserPrincipal): Promise<void> {
    await this.sessions.revokeSession(userId, sessionId, 'logout');
  }

  @Get('me')
  @Authenticated()
  @ApiOperation({ summary: 'Who am I, where am I a member, and what may I do here' })
  @ApiOkResponse({ type: MeDto })
  getMe(@CurrentUser() principal: UserPrincipal): Promise<MeDto> {
    return this.me.describeCurrentUser(principal);
  }

  @Post('switch-organization')
  @NotWhileImpersonating()
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({ summary: 'Work in another organization without signing in again' })
  @ApiOkResponse({ type: TokenPairDto })
  switchOrganization(@Body() { organizationId }: SwitchOrganizationDto, @CurrentUser() { sessionId }: UserPrincipal, @CurrentDevice() device: Device): Promise<TokenPairDto> {
    return this.sessions.switchOrganization(sessionId, organizationId, device);
  }

  @Post('email/verify')
  @Public()
  @HttpCode(204)
  @ApiOperation({ summary: 'Prove by the token of a mailed link that the address is yours' })
  @ApiNoContentResponse()
  async verifyEmail(@Body() { token }: VerifyEmailDto): Promise<void> {
    await this.verification.verifyEmail(token);
  }

  @Post('email/resend')
  @NotWhileImpersonating()
  @RateLimited('emailResend')
  @Authenticated()
  @HttpCode(204)
  @ApiOperation({ summary: 'Mail the verification link again; older links stop working' })
  @ApiNoContentResponse()
  async resendVerification(@CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.verification.resendVerificationMail(userId);
  }
}
