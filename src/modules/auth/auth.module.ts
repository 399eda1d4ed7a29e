import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { MailModule } from '../mail/mail.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { AccessTokens } from './access-tokens.service.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { EmailVerification } from './email-verification.service.js';
import { JwksController } from './jwks.controller.js';
import { JwtStrategy } from './jwt.strategy.js';
import { LoginAttempts } from './login-attempts.service.js';
import { MeService } from './me.service.js';
import { PasswordChanges } from './password-changes.service.js';
import { PasswordsController } from './passwords.controller.js';
import { PendingLogins } from './pending-logins.service.js';
import { SecondFactorsController } from './second-factors.controller.js';
import { SecondFactors } from './second-factors.service.js';
import { Passwords } from './passwords.service.js';
import { PlatformAdmins } from './platform-admins.service.js';
import { PurgeSessionsJob } from './purge-sessions.job.js';
import { RefreshService } from './refresh.service.js';
import { Sessions } from './sessions.service.js';
import { SessionsController } from './sessions.controller.js';
import { SigningKeys } from './signing-keys.service.js';
import { Users } from './users.service.js';

@Module({
  imports: [PassportModule, MailModule, TenantsModule],
  controllers: [AuthController, PasswordsController, SecondFactorsController, SessionsController, JwksController],
  providers: [
    AuthService,
    LoginAttempts,
    PasswordChanges,
    PendingLogins,
    SecondFactors,
    Users,
    Passwords,
    Sessions,
    RefreshService,
    AccessTokens,
    SigningKeys,
    JwtStrategy,
    EmailVerification,
    MeService,
    PlatformAdmins,
    PurgeSessionsJob,
  ],
  exports: [AuthService, Users, Sessions, EmailVerification, PlatformAdmins],
})
export class AuthModule {}
