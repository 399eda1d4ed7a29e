import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { PrincipalQueries } from './principal.queries.js';
import { Roles } from './roles.js';
import { RouteAudit } from './route-audit.js';

/** Who may do what: roles, rules on routes, and what the guards in app.module.ts need. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [Roles, PrincipalQueries, RouteAudit],
  exports: [Roles, PrincipalQueries, RouteAudit],
})
export class AccessModule {}
