import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { lifetimes } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { lockOrganization } from '../../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { Organization, Prisma } from '../../../generated/prisma/client.js';
import { PlatformBillingService } from '../../billing/operator/platform-billing.service.js';
import { OrganizationDirectoryService } from '../../organizations/organization-directory.service.js';
import { OrganizationErasureService } from './organization-erasure.service.js';
import { TenantNotFoundError, WrongTenantStateError } from '../tenants.errors.js';
import { getPlanOrThrow } from '../provisioning/tenant-plan.policy.js';
import type { UpdateTenantDto } from '../tenants.dto.js';
import { readTime } from '../../../common/times.js';

/**
 * Changes the state of tenants. A change applies from the next request on, on every replica: a suspended or deleted tenant
 * accepts no access tokens, API keys or refresh tokens.
 *
 * The `operatorId` is undefined for the command line.
 */
@Injectable()
export class TenantLifecycleService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly organizationDirectory: OrganizationDirectoryService,
    private readonly billing: PlatformBillingService,
    private readonly erasure: OrganizationErasureService,
    private readonly clock: Clock,
  ) {}

  /** @throws {TenantNotFoundError | UnknownPlanError | SlugTakenError | ReservedSlugError | ModeNotAvailableError | CollectedElsewhereError} */
  async updateTenant(id: string, { trialEndsAt, plan, billing, ...changes }: UpdateTenantDto, operatorId?: string): Promise<Organization> {
    if (plan !== undefined) getPlanOrThrow(this.catalog, plan);
    const trial = trialEndsAt === undefined || trialEndsAt === null ? trialEndsAt : readTime(trialEndsAt);
    return this.organizationDirectory.withUniqueSlug(changes.slug, () =>
      this.platform.$transaction(async (tx) => {
        await this.billing.setBillingMode(tx, id, billing);
        await this.billing.assignPlan(tx, id, { plan, trialEndsAt: trial });
        const since = changes.usageAnchorDay === undefined ? {} : { usageAnchorSince: this.clock.now() };
        return this.#change(id, {}, { ...changes, ...since }, operatorId, '', tx);
      }),
    );
  }

  /** @throws {TenantNotFoundError | WrongTenantStateError} */
  async suspendTenant(id: string, reason: string | undefined, operatorId?: string): Promise<Organization> {
    return this.platform.$transaction(async (tx) => {
      const known = await this.#lockTenant(tx, id);
      if (known.status === 'suspended' && known.suspendedBy !== 'billing') throw new WrongTenantStateError('The tenant is already suspended.');
      const data = {
        status: 'suspended' as const,
        suspendedBy: 'operator',
        suspendedFrom: known.suspendedFrom ?? known.status,
        suspendedAt: this.clock.now(),
        suspendedReason: reason ?? null,
        version: { increment: 1 },
        ...updatedBy(operatorId),
      };
      return tx.organization.update({ where: { id }, data });
    });
  }

  /**
   * Restores the status that a tenant had before its suspension, or the one that its subscription has now. A pending tenant
   * becomes active. A tenant that billing suspended is active until its subscription changes again.
   *
   * @throws {TenantNotFoundError | WrongTenantStateError}
   */
  async activateTenant(id: string, operatorId?: string): Promise<Organization> {
    return this.platform.$transaction(async (tx) => {
      const known = await this.#lockTenant(tx, id);
      if (known.status !== 'suspended' && known.status !== 'pending' && known.status !== 'cancelled')
        throw new WrongTenantStateError(`The tenant is already ${known.status}. Only a suspended, pending or cancelled tenant can be activated.`);
      const defaultStatus = known.trialEndsAt !== null && known.trialEndsAt > this.clock.now() ? 'trial' : 'active';
      const billed = known.suspendedBy === 'operator' ? await this.billing.organizationStatus(tx, id) : undefined;
      if (billed === 'suspended')
        return tx.organization.update({ where: { id }, data: { suspendedBy: 'billing', suspendedReason: null, version: { increment: 1 }, ...updatedBy(operatorId) } });
      const status = billed ?? (known.suspendedFrom === null || known.suspendedFrom === 'pending' ? defaultStatus : known.suspendedFrom);
      return tx.organization.update({
        where: { id },
        data: { status, suspendedBy: null, suspendedFrom: null, suspendedAt: null, suspendedReason: null, version: { increment: 1 }, ...updatedBy(operatorId) },
      });
    });
  }

  /** @throws {TenantNotFoundError} */
  async setTenantMaintenance(id: string, enabled: boolean, operatorId?: string): Promise<Organization> {
    return this.#change(id, {}, { maintenanceMode: enabled }, operatorId);
  }

  /** @throws {TenantNotFoundError | WrongTenantStateError} */
  async deleteTenant(id: string, operatorId?: string): Promise<Organization> {
    const now = this.clock.now();
    const eraseAfter = new Date(now.getTime() + 1000 * lifetimes.deletedOrganization);
    const data = { deletedAt: now, eraseAfter, ...(operatorId === undefined ? {} : { deletedById: operatorId }) };
    return this.#change(id, { deletedAt: null }, data, operatorId, 'The tenant is already deleted.');
  }

  /**
   * Permanently erases a tenant with all its rows, and ends its subscription.
   *
   * @param moved whether the tenant was moved to another installation, to which its subscription now belongs
   * @throws {TenantNotFoundError | UnderLegalHoldError}
   */
  async eraseTenant(id: string, { moved = false } = {}): Promise<void> {
    await this.platform.$transaction(async (tx) => {
      if ((await this.erasure.eraseOrganizations(tx, { id }, { moved, refuseHeld: true })) === 0) throw new TenantNotFoundError();
    });
  }

  /** @throws {TenantNotFoundError | WrongTenantStateError} */
  async restoreTenant(id: string, operatorId?: string): Promise<Organization> {
    return this.#change(id, { deletedAt: { not: null } }, { deletedAt: null, deletedById: null, eraseAfter: null }, operatorId, 'The tenant is not deleted.');
  }

  async #lockTenant(tx: PlatformTransaction, id: string): Promise<Organization> {
    if (!(await lockOrganization(tx, id))) throw new TenantNotFoundError();
    return tx.organization.findUniqueOrThrow({ where: { id } });
  }

  async #change(
    id: string,
    where: Prisma.OrganizationWhereInput,
    data: Prisma.OrganizationUncheckedUpdateManyInput,
    operatorId: string | undefined,
    conflict = '',
    db: PlatformTransaction = this.platform,
  ): Promise<Organization> {
    const [changed] = await db.organization.updateManyAndReturn({ where: { id, ...where }, data: { ...data, version: { increment: 1 }, ...updatedBy(operatorId) } });
    if (changed !== undefined) return changed;
    if ((await db.organization.count({ where: { id } })) === 0) throw new TenantNotFoundError();
    throw new WrongTenantStateError(conflict);
  }
}

const updatedBy = (operatorId: string | undefined): { updatedById?: string } => (operatorId === undefined ? {} : { updatedById: operatorId });
