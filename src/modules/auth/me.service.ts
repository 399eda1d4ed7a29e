import { Injectable } from '@nestjs/common';
import type { UserPrincipal } from '../../access/principal.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { SecondFactors } from './second-factors.service.js';
import { toOrganizationRefDto, type MeDto } from './auth.dto.js';

/** What a signed-in user may know of themselves. */
@Injectable()
export class MeService {
  constructor(
    private readonly tenants: TenantsService,
    private readonly factors: SecondFactors,
  ) {}

  async describe(principal: UserPrincipal): Promise<MeDto> {
    const { userId: id, email, name, emailVerified, membership, platformAdmin } = principal;
    const memberships = (await this.tenants.listOf(id)).map(({ organization, role }) => ({ organization: toOrganizationRefDto(organization), role }));
    const active = memberships.find(({ organization }) => organization.id === membership?.organizationId);
    return {
      user: { id, email, name, emailVerified },
      memberships,
      activeOrganization: active?.organization ?? null,
      role: membership?.role ?? null,
      customRoles: [...new Set((membership?.roles ?? []).filter(({ via }) => via !== 'base').map(({ key }) => key))].sort(),
      permissions: [...(membership?.permissions ?? [])].sort(),
      platformAdmin,
      impersonatedBy: principal.impersonation ?? null,
      twoFactorEnabled: await this.factors.isOn(id),
    };
  }
}
