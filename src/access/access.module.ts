import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CredentialUse } from './credential-use.service.js';
import { OrganizationFactsCache } from './organization-facts.service.js';
import { OrganizationHosts } from './organization-hosts.service.js';
import { Principals } from './principals.service.js';
import { PrincipalQueries } from './principal.queries.js';
import { Roles } from './roles.js';
import { RouteAudit } from './route-audit.js';

/** Who may do what: roles, rules on routes, and what the guards in app.module.ts need. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [Roles, PrincipalQueries, Principals, OrganizationFactsCache, OrganizationHosts, CredentialUse, RouteAudit],
  exports: [Roles, Principals, OrganizationFactsCache, OrganizationHosts, CredentialUse, RouteAudit],
})
export class AccessModule {}
