import { Injectable } from '@nestjs/common';
import { addressOf } from '../../access/managed-accounts.js';
import { OrganizationFactsService } from '../../access/organization/organization-facts.service.js';
import { ownerRole } from '../../access/roles.js';
import { mapPage, Pages, type Page } from '../../common/http/pages/page.js';
import { containsText } from '../../common/http/pages/text-search.js';
import { Catalog } from '../../config/catalog/catalog.js';
import { quantityOf } from '../../config/catalog/quantities.js';
import { PlatformDb } from '../../database/platform-db.js';
import type { Organization } from '../../generated/prisma/client.js';
import { PlatformBillingService } from '../billing/operator/platform-billing.service.js';
import { TenantNotFoundError } from './tenants.errors.js';
import { TenantProvisioningService } from './provisioning/tenant-provisioning.service.js';
import { toTenantDto, type ListTenantsQuery, type TenantDetailsDto, type TenantDto, type TenantStatsDto, toTenantDomainDto } from './tenants.dto.js';

/** Finds tenants, for operators. */
@Injectable()
export class TenantDirectoryService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly pages: Pages,
    private readonly facts: OrganizationFactsService,
    private readonly provisioning: TenantProvisioningService,
    private readonly billing: PlatformBillingService,
  ) {}

  async listTenants(request: ListTenantsQuery): Promise<Page<TenantDto>> {
    const { status, plan, search, deleted = false } = request;
    const filter = {
      ...(deleted ? {} : { deletedAt: null }),
      ...(status === undefined ? {} : { status }),
      ...(plan === undefined ? {} : { plan }),
      ...(search === undefined ? {} : { OR: [{ name: containsText(search) }, { slug: containsText(search) }, { email: containsText(search) }] }),
    };
    const page = await this.pages.list(request, {
      scope: 'tenants',
      defaultSort: '-createdAt',
      fetch: ({ where, orderBy, take }) => this.platform.organization.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      count: () => this.platform.organization.count({ where: filter }),
    });
    return mapPage(page, toTenantDto);
  }

  /** @throws {TenantNotFoundError} */
  async getTenantDetails(id: string): Promise<TenantDetailsDto> {
    return this.toTenantDetails(await this.getTenant(id));
  }

  /** Returns a tenant by id or slug. @throws {TenantNotFoundError} */
  async getTenant(idOrSlug: string): Promise<Organization> {
    const byId = /^[0-9a-f-]{36}$/i.test(idOrSlug);
    const organization = await this.platform.organization.findUnique({ where: byId ? { id: idOrSlug.toLowerCase() } : { slug: idOrSlug } });
    if (organization === null) throw new TenantNotFoundError();
    return organization;
  }

  async toTenantDetails(organization: Organization): Promise<TenantDetailsDto> {
    const { id: organizationId, accessVersion } = organization;
    const [memberCount, owners, domains, provisioned, billing, { entitlements, overrides }] = await Promise.all([
      this.platform.membership.count({ where: { organizationId } }),
      this.platform.membership.findMany({ where: { organizationId, role: ownerRole }, include: { user: true }, orderBy: { createdAt: 'asc' }, take: 100 }),
      this.platform.domain.findMany({ where: { organizationId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }),
      this.provisioning.listCompletedSteps(organizationId),
      this.billing.getBillingMode(organizationId),
      this.facts.get(organizationId, accessVersion),
    ]);
    return {
      ...toTenantDto(organization),
      memberCount,
      owners: owners.map(({ userId, user }) => ({ userId, email: addressOf(user), name: user.name })),
      domains: domains.map(toTenantDomainDto),
      limits: {
        seats: entitlements.seats.limit ?? null,
        ...Object.fromEntries([...entitlements.limits].map(([meter, { limit }]) => [meter, limit === undefined ? null : quantityOf(this.catalog.decimalsOf(meter), limit)])),
      },
      features: Object.fromEntries([...entitlements.features].map(([feature, { available }]) => [feature, available])),
      overridden: [...Object.keys(overrides.limits), ...Object.keys(overrides.features)].sort(),
      billing,
      provisioned,
    };
  }

  async getTenantStats(): Promise<TenantStatsDto> {
    const live = { deletedAt: null };
    const [tenants, deleted, users, memberships, statuses, plans] = await Promise.all([
      this.platform.organization.count({ where: live }),
      this.platform.organization.count({ where: { deletedAt: { not: null } } }),
      this.platform.user.count(),
      this.platform.membership.count(),
      this.platform.organization.groupBy({ by: ['status'], where: live, _count: true }),
      this.platform.organization.groupBy({ by: ['plan'], where: live, _count: true }),
    ]);
    const byStatus = Object.fromEntries(statuses.map(({ status, _count }) => [status, _count]));
    return { tenants, deleted, users, memberships, byStatus, byPlan: Object.fromEntries(plans.map(({ plan, _count }) => [plan, _count])) };
  }
}
