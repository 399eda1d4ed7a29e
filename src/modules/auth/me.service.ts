import { Injectable } from '@nestjs/common';
import { barOf } from '../../access/organization/standing.policy.js';
import { Clock } from '../../common/clock.js';
import { confinementOf, type UserPrincipal } from '../../access/principal/principal.js';
import type { MeDto } from './auth.dto.js';
import { MeQueries } from './me.queries.js';

/** Describes the current user: memberships, roles and permissions. */
@Injectable()
export class MeService {
  constructor(
    private readonly queries: MeQueries,
    private readonly clock: Clock,
  ) {}

  async describeCurrentUser(principal: UserPrincipal): Promise<MeDto> {
    const { userId: id, email, userName, name, emailVerified, membership, platformAdmin } = principal;
    const { memberships: all, hasSecondFactor } = await this.queries.describeUser(id);
    const within = confinementOf(principal);
    const memberships = within === undefined ? all : all.filter(({ organization }) => organization.id === within);
    const active = memberships.find(({ organization }) => organization.id === membership?.organizationId);
    const bar = membership && barOf(membership.standing, membership.facts.policy, this.clock.now());
    return {
      user: { id, email, userName, name, emailVerified },
      memberships,
      activeOrganization: active?.organization ?? null,
      role: membership?.role ?? null,
      status: membership === undefined ? null : (bar ?? 'active'),
      customRoles: [...new Set((membership?.roles ?? []).filter(({ via }) => via !== 'base').map(({ key }) => key))].sort(),
      permissions: bar === undefined ? [...(membership?.permissions ?? [])].sort() : [],
      platformAdmin,
      impersonatedBy: principal.impersonation ?? null,
      twoFactorEnabled: hasSecondFactor,
    };
  }
}
