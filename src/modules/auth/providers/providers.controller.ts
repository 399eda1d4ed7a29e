import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { Authenticated, Public, RateLimited, RequireRecentLogin, WithoutIdempotencyKey, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { CurrentUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { SecondFactorRequiredDto, TokenPairDto } from '../auth.dto.js';
import { CurrentDevice, type Device } from '../sessions/device.js';
import { ExternalIdentitiesService } from './external-identities.service.js';
import { IdentityProvidersService } from './identity-providers.service.js';
import { ProviderSignInsService } from './provider-sign-ins.service.js';
import { AuthProviderListDto, BeginProviderLinkDto, BeginProviderSignInDto, CompleteProviderVisitDto, IdentityDto, ProviderVisitDto, toIdentityDto } from './providers.dto.js';

const oneVisit = 'A repetition begins another visit, and the first one expires.';
const onceOnly = 'A return is accepted once.';

@ApiTags('auth')
@Controller('auth/providers')
export class ProvidersController {
  constructor(
    private readonly providers: IdentityProvidersService,
    private readonly signIns: ProviderSignInsService,
    private readonly identities: ExternalIdentitiesService,
  ) {}

  @Get()
  @Public()
  @ApiOperation({ summary: 'List the identity providers', description: 'Returns the providers with which users can sign in, for the buttons of a sign-in page.' })
  @ApiOkResponse({ type: AuthProviderListDto })
  listAuthProviders(): AuthProviderListDto {
    return { data: this.providers.listProviders().map(({ name, label }) => ({ provider: name, label })), nextCursor: null };
  }

  @Post(':provider/start')
  @WithoutIdempotencyKey(oneVisit)
  @RateLimited('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Start a sign-in with an identity provider',
    description:
      'Returns the page of the provider. It sends the user back to the page `/sign-in/{provider}` of the front end, which continues with POST /auth/providers/{provider}/complete.',
  })
  @ApiOkResponse({ type: ProviderVisitDto })
  async beginProviderSignIn(@Param('provider') provider: string, @Body() body: BeginProviderSignInDto): Promise<ProviderVisitDto> {
    return { url: await this.signIns.beginSignIn(provider, body) };
  }

  @Post(':provider/complete')
  @WithoutIdempotencyKey(onceOnly)
  @RateLimited('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Complete a sign-in with an identity provider',
    description:
      'Signs in the user whose account is linked to the account at the provider. Without one, a new user gets an account. An existing account is never linked here, whatever its address: 409 `account_not_linked`. If the user has a second factor, the response has `mfaRequired` and no tokens: continue with POST /auth/mfa/verify.',
  })
  @ApiExtraModels(TokenPairDto, SecondFactorRequiredDto)
  @ApiOkResponse({ schema: { oneOf: [{ $ref: getSchemaPath(TokenPairDto) }, { $ref: getSchemaPath(SecondFactorRequiredDto) }] } })
  completeProviderSignIn(
    @Param('provider') provider: string,
    @Body() body: CompleteProviderVisitDto,
    @CurrentDevice() device: Device,
  ): Promise<TokenPairDto | SecondFactorRequiredDto> {
    return this.signIns.completeSignIn(provider, body, device);
  }

  @Post(':provider/link')
  @RequireRecentLogin(10)
  @WithoutIdempotencyKey(oneVisit)
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Start linking an account at an identity provider',
    description:
      'Returns the page of the provider, which sends the user back to the page `/sign-in/{provider}` of the front end. Continue in the same session with POST /auth/providers/{provider}/link/complete.',
  })
  @ApiOkResponse({ type: ProviderVisitDto })
  async beginProviderLink(@Param('provider') provider: string, @Body() { challenge }: BeginProviderLinkDto, @CurrentUser() user: UserPrincipal): Promise<ProviderVisitDto> {
    return { url: await this.identities.beginLink(user, provider, challenge) };
  }

  @Post(':provider/link/complete')
  @WithoutRecentLogin('The link was begun after a recent login, in this session.')
  @WithoutIdempotencyKey(onceOnly)
  @Authenticated()
  @ApiOperation({
    summary: 'Link an account at an identity provider',
    description: 'The user can then sign in with it. A mail to the verified address announces it. Refused while another account is linked to it.',
  })
  @ApiCreatedResponse({ type: IdentityDto })
  async completeProviderLink(@Param('provider') provider: string, @Body() body: CompleteProviderVisitDto, @CurrentUser() user: UserPrincipal): Promise<IdentityDto> {
    return toIdentityDto(await this.identities.completeLink(user, provider, body));
  }
}
