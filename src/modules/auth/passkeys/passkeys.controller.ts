import { Body, Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authenticated, Public, PublicOrSignedIn, RateLimited, RequireRecentLogin, WithoutIdempotencyKey, WithoutRecentLogin } from '../../../access/access.decorators.js';
import { CurrentUser, OptionalUser, type UserPrincipal } from '../../../access/principal/principal.js';
import { IdParam } from '../../../common/http/id-param.decorator.js';
import { AuthService } from '../auth.service.js';
import { TokenPairDto } from '../auth.dto.js';
import { SecondFactorUndoService } from '../second-factors/second-factor-undo.service.js';
import { CurrentDevice, type Device } from '../sessions/device.js';
import { PageOrigin } from './page-origin.js';
import { AddPasskeyDto, PasskeyDto, PasskeyListDto, PasskeyLogInDto, PasskeyOptionsDto, RenamePasskeyDto, toPasskeyDto, UndoPasskeyDto } from './passkeys.dto.js';
import { PasskeysService } from './passkeys.service.js';

@ApiTags('auth')
@Controller('auth/passkeys')
export class PasskeysController {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly auth: AuthService,
    private readonly undos: SecondFactorUndoService,
  ) {}

  @Post('options')
  @WithoutIdempotencyKey('A repetition gets another challenge.')
  @RequireRecentLogin(10)
  @RateLimited('login')
  @Authenticated()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Start the registration of a passkey',
    description:
      'Returns the options for `navigator.credentials.create()`. The challenge works once, for five minutes, in this session. Needs a login in the last 10 minutes. Only for users with a verified address; operators need a session with a second factor.',
  })
  @ApiOkResponse({ type: PasskeyOptionsDto })
  async getPasskeyOptions(@CurrentUser() user: UserPrincipal, @PageOrigin() origin: string | undefined): Promise<PasskeyOptionsDto> {
    return { options: await this.passkeys.registrationOptions(user, origin) };
  }

  @Post()
  @WithoutIdempotencyKey('A challenge is valid once.')
  @RequireRecentLogin()
  @Authenticated()
  @ApiOperation({
    summary: 'Add a passkey',
    description: 'Takes the credential that the browser created with the options. A mail has a link that removes the passkey, for seven days. A user can have 20 passkeys.',
  })
  @ApiCreatedResponse({ type: PasskeyDto })
  async addPasskey(@Body() { name, credential }: AddPasskeyDto, @CurrentUser() user: UserPrincipal): Promise<PasskeyDto> {
    return toPasskeyDto(await this.passkeys.addPasskey(user, name, credential));
  }

  @Get()
  @Authenticated()
  @ApiOperation({ summary: 'List your passkeys', description: 'Returns all passkeys of the user, oldest first.' })
  @ApiOkResponse({ type: PasskeyListDto })
  async listPasskeys(@CurrentUser() { userId }: UserPrincipal): Promise<PasskeyListDto> {
    return { data: (await this.passkeys.listPasskeys(userId)).map(toPasskeyDto), nextCursor: null };
  }

  @Patch(':passkeyId')
  @WithoutRecentLogin('It changes only a name.')
  @Authenticated()
  @ApiOperation({ summary: 'Rename a passkey', description: 'Changes the name by which the user knows the passkey.' })
  @ApiOkResponse({ type: PasskeyDto })
  async renamePasskey(@IdParam('passkeyId') id: string, @Body() { name }: RenamePasskeyDto, @CurrentUser() { userId }: UserPrincipal): Promise<PasskeyDto> {
    return toPasskeyDto(await this.passkeys.renamePasskey(userId, id, name));
  }

  @Delete(':passkeyId')
  @RequireRecentLogin()
  @Authenticated()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove a passkey',
    description:
      'Ends your other sessions, which can have begun with it, and mails you about it. Refused when the account has neither a password nor another passkey or identity, and for the last second factor while an organization requires one.',
  })
  @ApiNoContentResponse()
  async removePasskey(@IdParam('passkeyId') id: string, @CurrentUser() user: UserPrincipal): Promise<void> {
    await this.passkeys.removePasskey(user, id);
  }

  @Post('challenge')
  @WithoutIdempotencyKey('A repetition gets another challenge.')
  @PublicOrSignedIn()
  @RateLimited('login')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Ask for a passkey',
    description:
      'Returns the options for `navigator.credentials.get()`. Without an access token, the answer is for POST /auth/passkeys/login or /auth/mfa/verify; with one, for POST /auth/reauthenticate in this session. The challenge works once, for five minutes.',
  })
  @ApiOkResponse({ type: PasskeyOptionsDto })
  async challengePasskey(@OptionalUser() user: UserPrincipal | undefined, @PageOrigin() origin: string | undefined): Promise<PasskeyOptionsDto> {
    return { options: await this.passkeys.requestOptions(user, origin) };
  }

  @Post('login')
  @WithoutIdempotencyKey('A challenge is valid once.')
  @Public()
  @RateLimited('login')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sign in with a passkey',
    description: 'Needs no address: the passkey names its user. The session counts as signed in with a second factor, because the device has verified its user.',
  })
  @ApiOkResponse({ type: TokenPairDto })
  logInWithPasskey(@Body() body: PasskeyLogInDto, @CurrentDevice() device: Device): Promise<TokenPairDto> {
    return this.auth.logInWithPasskey(body, device);
  }

  @Post('undo')
  @Public()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Undo a new passkey',
    description:
      'Takes the token that was mailed when a passkey was added, within 7 days. Removes all passkeys, the second factor and the recovery codes, ends every session, and removes the password and all personal API keys. Continue with POST /auth/password/forgot.',
  })
  @ApiNoContentResponse()
  async undoPasskey(@Body() { token }: UndoPasskeyDto): Promise<void> {
    await this.undos.undoPasskey(token);
  }
}
