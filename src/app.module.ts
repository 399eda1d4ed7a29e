import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { ManagedAccountsModule } from './modules/managed-accounts/managed-accounts.module.js';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ActionGuard, AccessGuard } from './access/guards/access.guard.js';
import { IdempotencyGuard } from './access/idempotency/idempotency.guard.js';
import { RepeatedRequestFilter } from './access/idempotency/store-answers.js';
import { AccessModule } from './access/access.module.js';
import { AuthenticationGuard } from './access/guards/authentication.guard.js';
import { LoadGuard } from './access/guards/load.guard.js';
import { MeteringGuard } from './access/guards/metering.guard.js';
import { PreconditionGuard } from './access/guards/precondition.guard.js';
import { RateLimitGuard } from './access/guards/rate-limit.guard.js';
import { TenantGuard } from './access/guards/tenant.guard.js';
import type { Clock } from './common/clock.js';
import { CommonModule } from './common/common.module.js';
import { ProblemFilter } from './common/http/problem.filter.js';
import { RequestValidationPipe } from './common/http/request-validation.pipe.js';
import type { AppConfig } from './config/app-config.js';
import { resources } from './config/catalog/declared-permissions.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import type { DatabaseUrls } from './database/connect/database-urls.js';
import { JobsModule } from './jobs/jobs.module.js';
import { AuditModule } from './modules/audit/audit.module.js';
import { AuthModule } from './modules/auth/auth.module.js';
import { ApiKeysModule } from './modules/api-keys/api-keys.module.js';
import { ServiceKeysModule } from './modules/service-keys/service-keys.module.js';
import { BillingModule } from './modules/billing/billing.module.js';
import { DirectoriesModule } from './modules/directories/directories.module.js';
import { DomainsModule } from './modules/domains/domains.module.js';
import { EventsModule } from './modules/events/events.module.js';
import { ConsentModule } from './modules/consent/consent.module.js';
import { InvitationsModule } from './modules/invitations/invitations.module.js';
import { MailModule } from './modules/mail/mail.module.js';
import { MembersModule } from './modules/members/members.module.js';
import { OrganizationsModule } from './modules/organizations/organizations.module.js';
import { PeopleModule } from './modules/people/people.module.js';
import { RolesModule } from './modules/roles/roles.module.js';
import { SsoModule } from './modules/auth/sso/sso.module.js';
import { SettingsModule } from './modules/settings/settings.module.js';
import { TeamsModule } from './modules/teams/teams.module.js';
import { TenantsModule } from './modules/tenants/tenants.module.js';
import { UsageModule } from './modules/usage/usage.module.js';
import { SinksModule } from './modules/sinks/sinks.module.js';
import { WebhooksModule } from './modules/webhooks/webhooks.module.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { TenancyModule } from './tenancy/tenancy.module.js';
import type { TenantContext } from './tenancy/tenant-context.js';

/** The parts from which the application is built. */
export interface AppOptions {
  readonly config: AppConfig;
  readonly urls: DatabaseUrls;
  /** The database's clock when left out. */
  readonly clock?: Clock;
  /** Additional modules. */
  readonly modules?: readonly Type[];
}

/** The root module. It lists every mechanism and every feature, and has the resources of `src/resources.ts`. */
@Module({})
export class AppModule {
  static async forRoot({ config, urls, clock, modules = [] }: AppOptions, context: TenantContext): Promise<DynamicModule> {
    const mechanisms = [
      ConfigModule.forRoot(config),
      CommonModule,
      TenancyModule.forRoot(context),
      DatabaseModule.forRoot(urls, clock),
      AccessModule,
      JobsModule,
      ObservabilityModule,
    ];
    const features = [
      BillingModule,
      AuditModule,
      AuthModule,
      OrganizationsModule,
      MembersModule,
      RolesModule,
      TeamsModule,
      ConsentModule,
      InvitationsModule,
      ManagedAccountsModule,
      ApiKeysModule,
      ServiceKeysModule,
      UsageModule,
      SettingsModule,
      DomainsModule,
      DirectoriesModule,
      SsoModule,
      TenantsModule,
      MailModule,
      EventsModule,
      SinksModule,
      WebhooksModule,
      PeopleModule,
      ...(await Promise.all(resources.map(({ module }) => module()))),
    ];
    return {
      module: AppModule,
      imports: [...mechanisms, ...features, ...modules],
      providers: [
        // These run before every route, in this order: the route's action, authentication, the tenant, its load, rate
        // limits, the access decision, the answer to an earlier request, If-Match, and limits of the plan.
        { provide: APP_GUARD, useClass: ActionGuard },
        { provide: APP_GUARD, useClass: AuthenticationGuard },
        { provide: APP_GUARD, useClass: TenantGuard },
        { provide: APP_GUARD, useClass: LoadGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: IdempotencyGuard },
        { provide: APP_GUARD, useClass: PreconditionGuard },
        { provide: APP_GUARD, useClass: MeteringGuard },
        { provide: APP_PIPE, useClass: RequestValidationPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_FILTER, useClass: RepeatedRequestFilter },
      ],
    };
  }
}
