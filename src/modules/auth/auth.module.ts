import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { TokenKeys } from '../../access/principal/verified-tokens.js';
import { MailModule } from '../mail/mail.module.js';
import { OrganizationDirectoryModule } from '../organizations/organization-directory.module.js';
import { CatalogClaimsService } from './tokens/catalog-claims.service.js';
import { AccessTokensService } from './tokens/access-tokens.service.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { AccountEndingsService } from './accounts/account-endings.service.js';
import { EndUnverifiedAccountsJob } from './accounts/end-unverified-accounts.job.js';
import { EmailChangesService } from './accounts/email-changes.service.js';
import { EmailVerificationService } from './accounts/email-verification.service.js';
import { ClientTokensService } from './oauth/client-tokens.service.js';
import { OAuthClientsService } from './oauth/oauth-clients.service.js';
import { OAuthMetadataController } from './oauth/oauth-metadata.controller.js';
import { IntrospectionService } from './oauth/introspection.service.js';
import { RevocationService } from './oauth/revocation.service.js';
import { OAuthController } from './oauth/oauth.controller.js';
import { JwksController } from './tokens/jwks.controller.js';
import { JwtStrategy } from './tokens/jwt.strategy.js';
import { LoginAttemptsService } from './passwords/login-attempts.service.js';
import { MailboxesService } from './accounts/mailboxes.service.js';
import { MailedTokensService } from './accounts/mailed-tokens.service.js';
import { LateMailsService } from './accounts/late-mails.service.js';
import { MailSignInsController } from './mail/mail-sign-ins.controller.js';
import { MailSignInsService } from './mail/mail-sign-ins.service.js';
import { MeQueries } from './me.queries.js';
import { MeService } from './me.service.js';
import { PasswordChecksService } from './passwords/password-checks.service.js';
import { PasskeyChallengesService } from './passkeys/passkey-challenges.service.js';
import { PasskeysController } from './passkeys/passkeys.controller.js';
import { PasskeysService } from './passkeys/passkeys.service.js';
import { RelyingPartiesService } from './passkeys/relying-parties.service.js';
import { ProfileController } from './accounts/profile.controller.js';
import { ProfileService } from './accounts/profile.service.js';
import { PasswordChangesService } from './passwords/password-changes.service.js';
import { PasswordsController } from './passwords/passwords.controller.js';
import { PendingLoginsService } from './second-factors/pending-logins.service.js';
import { SecondFactorNoticesService } from './second-factors/second-factor-notices.service.js';
import { SecondFactorUndoService } from './second-factors/second-factor-undo.service.js';
import { SecondFactorsController } from './second-factors/second-factors.controller.js';
import { LostFactorsService } from './second-factors/lost-factors.service.js';
import { SecondFactorsService } from './second-factors/second-factors.service.js';
import { NewDeviceNoticesService } from './sessions/new-device-notices.service.js';
import { TrustedDevicesController } from './sessions/trusted-devices.controller.js';
import { TrustedDevicesService } from './sessions/trusted-devices.service.js';
import { UserSettingsService } from './user-settings.service.js';
import { PasswordRulesService } from './passwords/password-rules.service.js';
import { DecoyHashesService } from './passwords/decoy-hashes.service.js';
import { PasswordsService } from './passwords/passwords.service.js';
import { PlatformAdminsController } from './platform/platform-admins.controller.js';
import { PlatformAdminsService } from './platform/platform-admins.service.js';
import { PlatformUsersController } from './platform/platform-users.controller.js';
import { PlatformUsersService } from './platform/platform-users.service.js';
import { ExternalIdentitiesService } from './providers/external-identities.service.js';
import { IdentitiesController } from './providers/identities.controller.js';
import { IdentityProvidersService } from './providers/identity-providers.service.js';
import { ProviderSignInsService } from './providers/provider-sign-ins.service.js';
import { ProviderVisitsService } from './providers/provider-visits.service.js';
import { VisitStates } from './providers/visit-states.js';
import { ProvidersController } from './providers/providers.controller.js';
import { PurgeSessionsJob } from './sessions/purge-sessions.job.js';
import { RefreshService } from './sessions/refresh.service.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SigningKeysService } from './tokens/signing-keys.service.js';
import { SignInNamesService } from './sign-in-names.service.js';
import { SignInMethodsService } from './sign-in-methods.service.js';
import { SignInQueries } from './sign-in.queries.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [PassportModule, MailModule, OrganizationDirectoryModule],
  controllers: [
    AuthController,
    PasswordsController,
    MailSignInsController,
    SecondFactorsController,
    PasskeysController,
    SessionsController,
    TrustedDevicesController,
    ProvidersController,
    IdentitiesController,
    ProfileController,
    JwksController,
    OAuthController,
    OAuthMetadataController,
    PlatformAdminsController,
    PlatformUsersController,
  ],
  providers: [
    AuthService,
    LoginAttemptsService,
    AccountEndingsService,
    EmailChangesService,
    MailboxesService,
    MailedTokensService,
    LateMailsService,
    MailSignInsService,
    SignInMethodsService,
    SignInNamesService,
    PasswordChangesService,
    PasswordChecksService,
    ProfileService,
    PendingLoginsService,
    SecondFactorNoticesService,
    SecondFactorUndoService,
    SecondFactorsService,
    LostFactorsService,
    PasskeyChallengesService,
    PasskeysService,
    RelyingPartiesService,
    UsersService,
    PasswordRulesService,
    PasswordsService,
    DecoyHashesService,
    NewDeviceNoticesService,
    TrustedDevicesService,
    UserSettingsService,
    SessionsService,
    RefreshService,
    AccessTokensService,
    CatalogClaimsService,
    SigningKeysService,
    { provide: TokenKeys, useExisting: SigningKeysService },
    JwtStrategy,
    OAuthClientsService,
    ClientTokensService,
    IntrospectionService,
    RevocationService,
    EmailVerificationService,
    MeQueries,
    SignInQueries,
    MeService,
    PlatformAdminsService,
    PlatformUsersService,
    IdentityProvidersService,
    ProviderVisitsService,
    VisitStates,
    ProviderSignInsService,
    ExternalIdentitiesService,
    PurgeSessionsJob,
    EndUnverifiedAccountsJob,
  ],
  exports: [
    IdentityProvidersService,
    ProviderVisitsService,
    VisitStates,
    TokenKeys,
    AuthService,
    MailboxesService,
    UsersService,
    SignInMethodsService,
    SessionsService,
    EmailVerificationService,
    PasswordChangesService,
    LostFactorsService,
    PlatformAdminsService,
    PlatformUsersService,
  ],
})
export class AuthModule {}
