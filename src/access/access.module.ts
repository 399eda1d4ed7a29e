import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CredentialUseService } from './principal/credential-use.service.js';
import { IdempotencyKeysService } from './idempotency/idempotency-keys.service.js';
import { PurgeIdempotencyKeysJob } from './idempotency/purge-idempotency-keys.job.js';
import { LoadGate } from './load/load-gate.service.js';
import { OverloadService } from './load/overload.service.js';
import { OrganizationEntitlementsService } from './organization/organization-entitlements.service.js';
import { OrganizationFactsService } from './organization/organization-facts.service.js';
import { OrganizationHostsService } from './principal/organization-hosts.service.js';
import { PermissionStates } from './permission-states.js';
import { PrincipalResolverService } from './principal/principal-resolver.service.js';
import { PrincipalQueries } from './principal/principal.queries.js';
import { WebOriginsService } from './principal/web-origins.service.js';
import { SessionJudgeService } from './principal/session-judge.service.js';
import { RecentLogins } from './recent-logins.js';
import { Roles } from './roles.js';
import { RouteAudit } from './route-audit.js';

/** Provides access control: roles, the resolution of principals, and the audit of access rules at start. The guards are registered in app.module.ts. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    IdempotencyKeysService,
    PurgeIdempotencyKeysJob,
    LoadGate,
    OverloadService,
    RecentLogins,
    Roles,
    SessionJudgeService,
    PrincipalQueries,
    PrincipalResolverService,
    OrganizationEntitlementsService,
    OrganizationFactsService,
    OrganizationHostsService,
    WebOriginsService,
    CredentialUseService,
    PermissionStates,
    RouteAudit,
  ],
  exports: [
    IdempotencyKeysService,
    LoadGate,
    OverloadService,
    RecentLogins,
    Roles,
    SessionJudgeService,
    PrincipalResolverService,
    OrganizationEntitlementsService,
    OrganizationFactsService,
    OrganizationHostsService,
    WebOriginsService,
    CredentialUseService,
    PermissionStates,
    RouteAudit,
  ],
})
export class AccessModule {}
