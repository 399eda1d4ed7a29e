import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import { SubscriptionOpeningService } from '../../billing/subscriptions/subscription-opening.service.js';
import { OrganizationDirectoryService } from '../../organizations/organization-directory.service.js';
import { TenantOverridesService, type OverrideChanges } from '../tenant-overrides.service.js';
import { getPlanOrThrow } from './tenant-plan.policy.js';
import type { ProvisioningResult, ProvisioningOptions } from './tenant-provisioning.policy.js';
import { provisioningTimeoutMs, TenantProvisioningService } from './tenant-provisioning.service.js';
import type { TenantProfileDto } from '../tenants.dto.js';

export interface NewTenant extends TenantProfileDto {
  readonly name: string;
  readonly slug?: string;
  readonly email: string;
  readonly plan?: string;
  readonly trialDays?: number;
  readonly limits?: OverrideChanges['limits'];
}

export interface CreatedTenant {
  readonly id: string;
  /** Null when it was not asked for. */
  readonly provisioning: ProvisioningResult | null;
}

const day = 24 * 3600 * 1000;

/** Makes tenants. */
@Injectable()
export class TenantCreationService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly organizationDirectory: OrganizationDirectoryService,
    private readonly overrides: TenantOverridesService,
    private readonly provisioning: TenantProvisioningService,
    private readonly subscriptionOpening: SubscriptionOpeningService,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a tenant and provisions it, in one transaction. A step of provisioning that fails does not undo the tenant.
   *
   * @param wish null leaves it pending and without members
   * @param operatorId undefined where the command line acts
   * @throws {UnknownPlanError | UnknownOverrideError | InvalidOverrideError | SlugTakenError | ReservedSlugError}
   */
  async createTenant(wanted: NewTenant, wish: ProvisioningOptions | null, operatorId?: string): Promise<CreatedTenant> {
    getPlanOrThrow(this.catalog, wanted.plan ?? this.catalog.defaultPlan);
    this.overrides.assertValidOverrides({ limits: wanted.limits ?? {} });
    const run = wish === null ? null : await this.provisioning.prepareRun(wanted, wish);
    return this.platform.$transaction(
      async (tx) => {
        const id = await this.#insert(tx, wanted, operatorId);
        return { id, provisioning: run === null ? null : await this.provisioning.runSteps(tx, id, run) };
      },
      { timeout: provisioningTimeoutMs },
    );
  }

  async #insert(tx: PlatformTransaction, wanted: NewTenant, operatorId: string | undefined): Promise<string> {
    const { name, slug = await this.organizationDirectory.findFreeSlug(tx, name), plan = this.catalog.defaultPlan, trialDays, limits = {}, ...profile } = wanted;
    const days = trialDays ?? getPlanOrThrow(this.catalog, plan).trialDays;
    const now = this.clock.now();
    const trial = days > 0 ? { trialStartsAt: now, trialEndsAt: new Date(now.getTime() + days * day) } : {};
    const by = operatorId === undefined ? {} : { createdById: operatorId, updatedById: operatorId };
    const data = { ...profile, name, slug, plan, status: 'pending' as const, ...trial, ...by };
    const organization = await this.organizationDirectory.withUniqueSlug(slug, () => tx.organization.create({ data }));
    const { id } = organization;
    await this.subscriptionOpening.openSubscription(tx, organization, now);
    await this.overrides.writeOverrides(tx, id, { limits });
    return id;
  }
}
