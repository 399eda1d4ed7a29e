import { Injectable } from '@nestjs/common';
import { dayLength } from '../../../common/calendar.js';
import { Clock } from '../../../common/clock.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { BillingMode } from '../../../generated/prisma/client.js';
import { SubscriptionOpeningService, type FirstInvoice } from '../../billing/subscriptions/subscription-opening.service.js';
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
  readonly billing?: BillingMode;
}

export interface CreatedTenant {
  readonly id: string;
  /** The invoice over the first period; null if nothing is billed. */
  readonly invoice: FirstInvoice | null;
  /** Null when provisioning was not requested. */
  readonly provisioning: ProvisioningResult | null;
}

/** Creates tenants. */
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
   * Creates a tenant and provisions it in one transaction. A failed provisioning step does not undo the creation.
   *
   * @param options null skips provisioning: the tenant stays pending and has no members
   * @param operatorId undefined for the command line
   * @throws {ModeNotAvailableError | UnknownPlanError | UnknownOverrideError | InvalidOverrideError | SlugTakenError | ReservedSlugError}
   */
  async createTenant(newTenant: NewTenant, options: ProvisioningOptions | null, operatorId?: string): Promise<CreatedTenant> {
    this.subscriptionOpening.assertModeAvailable(newTenant.billing);
    getPlanOrThrow(this.catalog, newTenant.plan ?? this.catalog.defaultPlan);
    this.overrides.assertValidOverrides({ limits: newTenant.limits ?? {} });
    const run = options === null ? null : await this.provisioning.prepareRun(newTenant, options);
    return this.platform.$transaction(
      async (tx) => {
        if (run !== null) await this.provisioning.lockAdmin(tx, run);
        const { id, invoice } = await this.#insert(tx, newTenant, operatorId);
        return { id, invoice, provisioning: run === null ? null : await this.provisioning.runSteps(tx, id, run) };
      },
      { timeout: provisioningTimeoutMs },
    );
  }

  async #insert(tx: PlatformTransaction, newTenant: NewTenant, operatorId: string | undefined): Promise<Pick<CreatedTenant, 'id' | 'invoice'>> {
    const { name, slug: wanted, plan = this.catalog.defaultPlan, trialDays, limits = {}, billing, ...profile } = newTenant;
    const days = trialDays ?? getPlanOrThrow(this.catalog, plan).trialDays;
    const now = this.clock.now();
    const trial = days > 0 ? { trialStartsAt: now, trialEndsAt: new Date(now.getTime() + days * dayLength) } : {};
    const createdBy = operatorId === undefined ? {} : { createdById: operatorId, updatedById: operatorId };
    const data = { locale: this.catalog.locale, ...profile, name, plan, status: 'pending' as const, ...trial, ...createdBy };
    const organization = await this.organizationDirectory.withNewSlug(tx, { name, slug: wanted }, (slug) => tx.organization.create({ data: { ...data, slug } }));
    const { id } = organization;
    const invoice = await this.subscriptionOpening.openSubscription(tx, organization, now, billing);
    await this.overrides.writeOverrides(tx, id, { limits });
    return { id, invoice };
  }
}
