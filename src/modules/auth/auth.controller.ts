import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiExtraModels, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { hostNameOf } from '../../common/http/addresses/host-header.js';
import { AllowedWhileImpersonating, Authenticated, Public, PublicOrSignedIn, RateLimited, WithoutIdempotencyKey, WithoutRecentLogin } from '../../access/access.decorators.js';
import { CurrentUser, OptionalUser, type UserPrincipal } from '../../access/principal/principal.js';
import {
  AccessTokenDto,
  LogInDto,
  MeDto,
  ReauthenticateDto,
  RefreshDto,
  SecondFactorRequiredDto,
  SignedUpDto,
  SignUpDto,
  SwitchOrganizationDto,
  TokenPairDto,
  toOrganizationRefDto,
  toUserDto,
  UndoEmailChangeDto,
  VerifyEmailDto,
} from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { CurrentDevice, type Device } from './sessions/device.js';
import { EmailChangesService } from './accounts/email-changes.service.js';
import { EmailVerificationService } from './accounts/email-verification.service.js';
import { MeService } from './me.service.js';
import { RefreshService } from './sessions/refresh.service.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SignInNamesService } from './sign-in-names.service.js';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly names: SignInNamesService,
    private readonly sessions: SessionsService,
    private readonly refreshing: RefreshService,
    private readonly verification: EmailVerificationService,
    private readonly emailChanges: EmailChangesService,
    private readonly me: MeService,
  ) {}

  @Post('signup')
  @RateLimited('signup')
  @Public()
  @ApiOperation({
    summary: 'Sign up',
    description:
      'Creates an account and an organization, which it owns, and signs the user in. Mails a link that verifies the address. The answer does not reveal whether another account has the address: until the link is used, several accounts can claim it.',
  })
  @ApiCreatedResponse({ type: SignedUpDto })
  async signUp(@Body() { organization, ...user }: SignUpDto, @CurrentDevice() device: Device): Promise<SignedUpDto> {
    const done = await this.auth.signUp(user, organization, device);
    return { ...done, user: toUserDto(done.user), organization: toOrganizationRefDto(done.organization) };
  }

  @Post('login')
  @WithoutIdempotencyKey('A repetition opens another session, which changes nothing else.')
  @RateLimited('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sign in',
    description:
      'Starts a session and returns its tokens. An account is named by `email`; one that an organization manages, by `userName` and the organization. If the user has a second factor, the response has `mfaRequired` and no tokens: continue with POST /auth/mfa/verify. After too many wrong passwords the account is locked for 15 minutes for the network of the caller (429, `Retry-After`).',
  })
  @ApiExtraModels(TokenPairDto, SecondFactorRequiredDto)
  @ApiOkResponse({ schema: { oneOf: [{ $ref: getSchemaPath(TokenPairDto) }, { $ref: getSchemaPath(SecondFactorRequiredDto) }] } })
  async logIn(
    @Body() { email, userName, organization, ...login }: LogInDto,
    @CurrentDevice() device: Device,
    @Req() request: FastifyRequest,
  ): Promise<TokenPairDto | SecondFactorRequiredDto> {
    const name = await this.names.resolveName({ email, userName, organization }, hostNameOf(request), request.headers['x-tenant-slug']);
    return this.auth.logIn({ name, ...login }, device);
  }

  @Post('refresh')
  @WithoutIdempotencyKey('A refresh token that is sent again soon gets the same new one. Later, it ends its session, because it may have been stolen.')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Refresh the tokens',
    description:
      'Returns a new access token and a new refresh token. A refresh token works once. If no answer arrives, send it again within 30 seconds (`REFRESH_GRACE`): the answer has the same new refresh token. Any other second use ends the session.',
  })
  @ApiOkResponse({ type: TokenPairDto })
  refresh(@Body() { refreshToken }: RefreshDto, @CurrentDevice() device: Device): Promise<TokenPairDto> {
    return this.refreshing.refreshTokens(refreshToken, device);
  }

  @Post('logout')
  @WithoutRecentLogin('It ends the session.')
  @Authenticated({ unproved: true })
  @AllowedWhileImpersonating('read')
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out', description: 'Ends the session of the request. Its tokens are refused from then on.' })
  @ApiNoContentResponse()
  async logOut(@CurrentUser() { userId, sessionId }: UserPrincipal): Promise<void> {
    await this.sessions.revokeSession(userId, sessionId, 'logout');
  }

  @Get('me')
  @Authenticated({ unproved: true })
  @AllowedWhileImpersonating('read')
  @ApiOperation({
    summary: 'Retrieve the current user',
    description: 'Returns the user, their memberships, and their role and permissions in the organization that the request names, or else in that of the session.',
  })
  @ApiHeader({
    name: 'X-Tenant-ID',
    required: false,
    description: 'The id of the organization whose role and permissions the answer has. If the session has an organization, it must be the same',
    schema: { type: 'string', format: 'uuid' },
  })
  @ApiOkResponse({ type: MeDto })
  getMe(@CurrentUser() principal: UserPrincipal): Promise<MeDto> {
    return this.me.describeCurrentUser(principal);
  }

  @Post('switch-organization')
  @WithoutRecentLogin('It gives a session no right that its user does not have.')
  @WithoutIdempotencyKey('A repetition leads to the same organization, with new tokens.')
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Switch the current organization',
    description:
      'Returns a new access token of the same session for the other organization. It expires when the one of the request does; the refresh token stays the same, and its next use continues in the new organization.',
  })
  @ApiOkResponse({ type: AccessTokenDto })
  switchOrganization(@Body() { organizationId }: SwitchOrganizationDto, @CurrentUser() { sessionId, accessTokenExpiresAt }: UserPrincipal): Promise<AccessTokenDto> {
    return this.sessions.switchOrganization(sessionId, organizationId, accessTokenExpiresAt);
  }

  @Post('reauthenticate')
  @WithoutRecentLogin('It proves the user.')
  @WithoutIdempotencyKey('A repetition notes a later time.')
  @RateLimited('login')
  @Authenticated({ unproved: true })
  @HttpCode(204)
  @ApiOperation({
    summary: 'Authenticate again',
    description:
      'Takes the password, a code of the second factor, or a passkey, and notes the time in the session of the request. Changes of access, keys, security and billing need a login in the last 30 minutes (`RECENT_LOGIN_MINUTES`), and answer 401 `recent_login_required` otherwise. Wrong passwords and codes lock the account, as at a sign-in.',
  })
  @ApiNoContentResponse()
  async reauthenticate(@Body() proof: ReauthenticateDto, @CurrentUser() user: UserPrincipal): Promise<void> {
    await this.auth.authenticateAgain(user, proof);
  }

  @Post('email/verify')
  @PublicOrSignedIn()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Verify an email address',
    description:
      'Takes the token from the link in the email, which proves the mailbox, and an access token or the password of the account for which it was mailed. Ends all other unverified accounts with this address.',
  })
  @ApiNoContentResponse()
  async verifyEmail(@Body() { token, password }: VerifyEmailDto, @OptionalUser() principal: UserPrincipal | undefined): Promise<void> {
    await this.verification.verifyEmail(token, password, principal);
  }

  @Post('email/undo')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Undo a change of the email address',
    description:
      'Takes the token that was mailed to the former address, within 72 hours. Restores the address, ends every session, and removes the password, the second factor and all personal API keys. Continue with POST /auth/password/forgot.',
  })
  @ApiNoContentResponse()
  async undoEmailChange(@Body() { token }: UndoEmailChangeDto): Promise<void> {
    await this.emailChanges.undoEmailChange(token);
  }

  @Post('email/resend')
  @WithoutRecentLogin('It mails the address of the user.')
  @RateLimited('emailResend')
  @Authenticated()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Resend the verification email',
    description: 'A link works for 24 hours. Links that were mailed before keep working. Sends nothing if the address is verified.',
  })
  @ApiNoContentResponse()
  async resendVerification(@CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.verification.resendVerificationMail(userId);
  }
}
