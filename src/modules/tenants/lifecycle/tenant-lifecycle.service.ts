import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock.js';
import { lifetimes } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { lockOrganization } from '../../../database/locks.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { Organization, Prisma } from '../../../generated/prisma/client.js';
import { ErasedSubscriptionsService } from '../../billing/subscriptions/erased-subscriptions.service.js';
import { PlatformBillingService } from '../../billing/operator/platform-billing.service.js';
import { OrganizationDirectoryService } from '../../organizations/organization-directory.service.js';
import { TenantNotFoundError, WrongTenantStateError } from '../tenants.errors.js';
import { getPlanOrThrow } from '../provisioning/tenant-plan.policy.js';
import type { UpdateTenantDto } from '../tenants.dto.js';

/**
 * What the operator does with a tenant as a whole. Each change acts on the next request of its members, on every replica:
 * a suspended or deleted tenant refuses access tokens, API keys and refresh tokens alike.
 *
 * The operator is undefined where the command line acts.
 */
@Injectable()
export class TenantLifecycleService {
  constructor(
    private readonly platform: PlatformDb,
    private readonly catalog: Catalog,
    private readonly organizationDirectory: OrganizationDirectoryService,
    private readonly billing: PlatformBillingService,
    private readonly erasedSubscriptions: ErasedSubscriptionsService,
    private readonly clock: Clock,
  ) {}

  /** @throws {TenantNotFoundError | UnknownPlanError | SlugTakenError | ReservedSlugError} */
  async updateTenant(id: string, { trialEndsAt, plan, ...changes }: UpdateTenantDto, operatorId?: string): Promise<Organization> {
    if (plan !== undefined) getPlanOrThrow(this.catalog, plan);
    const trial = trialEndsAt === undefined || trialEndsAt === null ? trialEndsAt : new Date(trialEndsAt);
    return this.organizationDirectory.withUniqueSlug(changes.slug, () =>
      this.platform.$transaction(async (tx) => {
        await this.billing.assignPlan(tx, id, { plan, trialEndsAt: trial });
        return this.#change(id, {}, changes, operatorId, '', tx);
      }),
    );
  }

  /** @throws {TenantNotFoundError | WrongTenantStateError} */
  async suspendTenant(id: string, reason: string | undefined, operatorId?: string): Promise<Organization> {
    return this.platform.$transaction(async (tx) => {
      const known = await this.#lockTenant(tx, id);
      if (known.status === 'suspended' && known.suspendedBy !== 'billing') throw new WrongTenantStateError('The tenant is suspended already.');
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
   * Back to what it was before the suspension, or to what billing has made of it meanwhile; a pending one becomes active. One
   * that billing has suspended is open until the next change of its subscription.
   *
   * @throws {TenantNotFoundError | WrongTenantStateError}
   */
  async activateTenant(id: string, operatorId?: string): Promise<Organization> {
    return this.platform.$transaction(async (tx) => {
      const known = await this.#lockTenant(tx, id);
      if (known.status !== 'suspended' && known.status !== 'pending' && known.status !== 'cancelled')
        throw new WrongTenantStateError(`The tenant is ${known.status}: there is nothing to activate.`);
      const usual = known.trialEndsAt !== null && known.trialEndsAt > this.clock.now() ? 'trial' : 'active';
      const billed = known.suspendedBy === 'operator' ? await this.billing.organizationStatus(tx, id) : undefined;
      if (billed === 'suspended')
        return tx.organization.update({ where: { id }, data: { suspendedBy: 'billing', suspendedReason: null, version: { increment: 1 }, ...updatedBy(operatorId) } });
      const status = billed ?? (known.suspendedFrom === null || known.suspendedFrom === 'pending' ? usual : known.suspendedFrom);
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
    return this.#change(id, { deletedAt: null }, data, operatorId, 'The tenant was deleted already.');
  }

  /**
   * Erases it with every row of its own, at once and for good, and ends what it pays.
   *
   * @param moved it lives on elsewhere, where what it pays belongs to from now on
   * @throws {TenantNotFoundError}
   */
  async eraseTenant(id: string, { moved = false } = {}): Promise<void> {
    await this.platform.$transaction(async (tx) => {
      if (!moved) await this.erasedSubscriptions.endErasedSubscriptions(tx, { id });
      const { count } = await tx.organization.deleteMany({ where: { id } });
      if (count === 0) throw new TenantNotFoundError();
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
    otherwise = '',
    db: PlatformTransaction = this.platform,
  ): Promise<Organization> {
    const [changed] = await db.organization.updateManyAndReturn({ where: { id, ...where }, data: { ...data, version: { increment: 1 }, ...updatedBy(operatorId) } });
    if (changed !== undefined) return changed;
    if ((await db.organization.count({ where: { id } })) === 0) throw new TenantNotFoundError();
    throw new WrongTenantStateError(otherwise);
  }
}

const updatedBy = (operatorId: string | undefined): { updatedById?: string } => (operatorId === undefined ? {} : { updatedById: operatorId });
