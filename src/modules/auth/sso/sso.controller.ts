import { Body, Controller, Delete, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiExtraModels, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { Authenticated, Public, RateLimited, RequireRecentLogin, WithoutIdempotencyKey, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { OtherBodies } from '../../../common/http/bodies/other-bodies.decorator.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { SecondFactorRequiredDto, TokenPairDto } from '../auth.dto.js';
import { BeginProviderLinkDto, CompleteProviderVisitDto, ProviderVisitDto } from '../providers/providers.dto.js';
import { CurrentDevice, type Device } from '../sessions/device.js';
import { BeginSsoDto, DiscoverSignInDto, LogOutOfSsoDto, LogoutTokenDto, SignInMethodsDto, SsoLinkListDto, SsoLogoutDto, toSsoLinkDto } from './sso.dto.js';
import { SsoDiscoveryService } from './sso-discovery.service.js';
import { SsoLinksService } from './sso-links.service.js';
import { SsoSignOutsService } from './sso-sign-outs.service.js';
import { SsoSignInsService } from './sso-sign-ins.service.js';

@ApiTags('sso')
@Controller('auth')
export class SsoController {
  constructor(
    private readonly discovery: SsoDiscoveryService,
    private readonly signIns: SsoSignInsService,
    private readonly links: SsoLinksService,
    private readonly signOuts: SsoSignOutsService,
  ) {}

  @Post('discover')
  @WithoutIdempotencyKey('It changes nothing.')
  @RateLimited('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Discover how an address signs in',
    description:
      'Returns the connections of single sign-on of the organizations that have proved the domain of the address, and the ways to sign in that the product offers. The answer is the same whether or not the address has an account.',
  })
  @ApiOkResponse({ type: SignInMethodsDto })
  async discoverSignIn(@Body() { email }: DiscoverSignInDto): Promise<SignInMethodsDto> {
    const { connections, methods } = await this.discovery.discoverSignIn(email);
    return { connections: connections.map(({ connection: { id, name }, required }) => ({ connectionId: id, name, required })), methods };
  }

  @Post('sso/:ssoConnectionId/start')
  @WithoutIdempotencyKey('A repetition begins another visit, and the first one expires.')
  @RateLimited('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Start single sign-on',
    description:
      'Returns the page of the identity provider. It sends the user back to the page `/sign-in/sso/{ssoConnectionId}` of the front end, which continues with POST /auth/sso/{ssoConnectionId}/complete.',
  })
  @ApiOkResponse({ type: ProviderVisitDto })
  async beginSso(@IdParam('ssoConnectionId') id: string, @Body() { challenge, rememberMe }: BeginSsoDto): Promise<ProviderVisitDto> {
    return { url: await this.signIns.beginSignIn(id, challenge, rememberMe) };
  }

  @Post('sso/:ssoConnectionId/complete')
  @WithoutIdempotencyKey('A return is accepted once.')
  @RateLimited('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Complete single sign-on',
    description:
      'Signs the user in to the organization of the connection. A new user becomes a member if their address is at a domain that the organization has proved. If the user has a second factor, the response has `mfaRequired` and no tokens: continue with POST /auth/mfa/verify.',
  })
  @ApiExtraModels(TokenPairDto, SecondFactorRequiredDto)
  @ApiOkResponse({ schema: { oneOf: [{ $ref: getSchemaPath(TokenPairDto) }, { $ref: getSchemaPath(SecondFactorRequiredDto) }] } })
  completeSso(@IdParam('ssoConnectionId') id: string, @Body() body: CompleteProviderVisitDto, @CurrentDevice() device: Device): Promise<TokenPairDto | SecondFactorRequiredDto> {
    return this.signIns.completeSignIn(id, body, device);
  }

  @Get('sso/links')
  @Authenticated()
  @ApiOperation({
    summary: 'List your links to single sign-on',
    description: 'Returns your accounts at the identity providers of your organizations. DELETE /auth/sso/{ssoConnectionId}/link removes one.',
  })
  @ApiOkResponse({ type: SsoLinkListDto })
  async listSsoLinks(@CurrentUser() { userId }: UserPrincipal): Promise<SsoLinkListDto> {
    return { data: (await this.links.listLinks(userId)).map(toSsoLinkDto), nextCursor: null };
  }

  @Post('sso/:ssoConnectionId/link')
  @RequireRecentLogin(10)
  @WithoutIdempotencyKey('A repetition begins another visit, and the first one expires.')
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Start linking your account to single sign-on',
    description:
      'For a member of the organization of the connection, whatever their address is. Returns the page of the identity provider, which sends the user back to the page `/sign-in/sso/{ssoConnectionId}` of the front end. Continue in the same session with POST /auth/sso/{ssoConnectionId}/link/complete.',
  })
  @ApiOkResponse({ type: ProviderVisitDto })
  async beginSsoLink(@IdParam('ssoConnectionId') id: string, @Body() { challenge }: BeginProviderLinkDto, @CurrentUser() user: UserPrincipal): Promise<ProviderVisitDto> {
    return { url: await this.links.beginLink(user, id, challenge) };
  }

  @Post('sso/:ssoConnectionId/link/complete')
  @WithoutRecentLogin('The link was begun after a recent login, in this session.')
  @WithoutIdempotencyKey('A return is accepted once.')
  @Authenticated()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Link your account to single sign-on',
    description:
      'The user can then sign in with the connection. A mail to the verified address announces it. Refused while another account is linked to the account at the identity provider.',
  })
  @ApiNoContentResponse()
  async completeSsoLink(@IdParam('ssoConnectionId') id: string, @Body() body: CompleteProviderVisitDto, @CurrentUser() user: UserPrincipal): Promise<void> {
    await this.links.completeLink(user, id, body);
  }

  @Delete('sso/:ssoConnectionId/link')
  @RequireRecentLogin()
  @Authenticated()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Unlink your account from single sign-on',
    description:
      'You can no longer sign in with the connection, and your other sessions end. A mail announces it. An account whose address is at a domain that the organization has proved is linked again by the next sign-in.',
  })
  @ApiNoContentResponse()
  async unlinkSso(@IdParam('ssoConnectionId') id: string, @CurrentUser() user: UserPrincipal): Promise<void> {
    await this.links.unlink(user, id);
  }

  @Post('sso/:ssoConnectionId/backchannel-logout')
  @RouteConfig({ formBody: true })
  @OtherBodies({ 'application/x-www-form-urlencoded': { $ref: getSchemaPath(LogoutTokenDto) } })
  @WithoutIdempotencyKey('A repetition finds the sessions ended.')
  @RateLimited('ssoLogout')
  @Public()
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'End the sessions of a user who signed out',
    description:
      'The identity provider of the connection calls it with a signed logout token (OpenID Connect Back-Channel Logout 1.0). It ends the sessions that began with the connection before the token was issued: those of its `sub`, or that of its `sid`.',
  })
  @ApiNoContentResponse()
  async endSsoSessions(@IdParam('ssoConnectionId') id: string, @Body() { logout_token: token }: LogoutTokenDto): Promise<void> {
    await this.signOuts.endSessions(id, token);
  }

  @Post('sso/logout')
  @WithoutRecentLogin('It ends the session.')
  @WithoutIdempotencyKey('A repetition finds the session ended.')
  @Authenticated({ unproved: true })
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sign out, also of the identity provider',
    description:
      'Ends the session of the request, and returns the page at which the user signs out of the identity provider of its connection (OpenID Connect RP-Initiated Logout 1.0). `url` is null for a session that began another way, and for an identity provider without such a page.',
  })
  @ApiOkResponse({ type: SsoLogoutDto })
  async logOutOfSso(@Body() body: LogOutOfSsoDto, @CurrentUser() user: UserPrincipal): Promise<SsoLogoutDto> {
    return { url: await this.signOuts.signOut(user, body) };
  }
}
