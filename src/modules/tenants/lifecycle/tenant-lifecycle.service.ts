import { Injectable } from '@nestjs/common';
import { lifetimes } from '../../../config/app-config.js';
import { Catalog } from '../../../config/catalog/catalog.js';
import { PlatformDb, type PlatformTransaction } from '../../../database/platform-db.js';
import type { Organization, Prisma } from '../../../generated/prisma/client.js';
import { ErasedSubscriptionsService } from '../../billing/subscriptions/erased-subscriptions.service.js';
import { PlatformBillingService } from '../../billing/operator/platform-billing.service.js';
import { OrganizationDirectoryService } from '../../organizations/organization-directory.service.js';
import { TenantNotFoundError, WrongTenantStateError } from '../tenants.errors.js';
import { planOf } from '../provisioning/tenant-plan.policy.js';
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
    private readonly tenants: OrganizationDirectoryService,
    private readonly billing: PlatformBillingService,
    private readonly erased: ErasedSubscriptionsService,
  ) {}

  /** @throws {TenantNotFoundError | UnknownPlanError | SlugTakenError | ReservedSlugError} */
  async update(id: string, { trialEndsAt, plan, ...changes }: UpdateTenantDto, operatorId?: string): Promise<Organization> {
    if (plan !== undefined) planOf(this.catalog, plan);
    const trial = trialEndsAt === undefined || trialEndsAt === null ? trialEndsAt : new Date(trialEndsAt);
    return this.tenants.claimingSlug(changes.slug, () =>
      this.platform.$transaction(async (tx) => {
        await this.billing.assign(tx, id, { plan, trialEndsAt: trial });
        return this.#change(id, {}, changes, operatorId, '', tx);
      }),
    );
  }

  /** @throws {TenantNotFoundError | WrongTenantStateError} */
  async suspend(id: string, reason: string | undefined, operatorId?: string): Promise<Organization> {
    return this.platform.$transaction(async (tx) => {
      const [known] = await tx.$queryRaw<
        Known[]
      >`select status::text as status, suspended_by as "suspendedBy", suspended_from::text as "suspendedFrom" from organizations where id = ${id}::uuid for no key update`;
      if (known === undefined) throw new TenantNotFoundError();
      if (known.status === 'suspended' && known.suspendedBy !== 'billing') throw new WrongTenantStateError('The tenant is suspended already.');
      const data = {
        status: 'suspended' as const,
        suspendedBy: 'operator',
        suspendedFrom: known.suspendedFrom ?? known.status,
        suspendedAt: new Date(),
        suspendedReason: reason ?? null,
        version: { increment: 1 },
        ...by(operatorId),
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
  async activate(id: string, operatorId?: string): Promise<Organization> {
    return this.platform.$transaction(async (tx) => {
      await tx.$queryRaw`select id from organizations where id = ${id}::uuid for no key update`;
      const known = await tx.organization.findUnique({ where: { id } });
      if (known === null) throw new TenantNotFoundError();
      if (known.status !== 'suspended' && known.status !== 'pending' && known.status !== 'cancelled')
        throw new WrongTenantStateError(`The tenant is ${known.status}: there is nothing to activate.`);
      const usual = known.trialEndsAt !== null && known.trialEndsAt > new Date() ? 'trial' : 'active';
      const billed = known.suspendedBy === 'operator' ? await this.billing.statusOf(tx, id) : undefined;
      if (billed === 'suspended')
        return tx.organization.update({ where: { id }, data: { suspendedBy: 'billing', suspendedReason: null, version: { increment: 1 }, ...by(operatorId) } });
      const status = billed ?? (known.suspendedFrom === null || known.suspendedFrom === 'pending' ? usual : known.suspendedFrom);
      return tx.organization.update({
        where: { id },
        data: { status, suspendedBy: null, suspendedFrom: null, suspendedAt: null, suspendedReason: null, version: { increment: 1 }, ...by(operatorId) },
      });
    });
  }

  /** @throws {TenantNotFoundError} */
  async setMaintenance(id: string, enabled: boolean, operatorId?: string): Promise<Organization> {
    return this.#change(id, {}, { maintenanceMode: enabled }, operatorId);
  }

  /** @throws {TenantNotFoundError | WrongTenantStateError} */
  async delete(id: string, operatorId?: string): Promise<Organization> {
    const eraseAfter = new Date(Date.now() + 1000 * lifetimes.deletedOrganization);
    const data = { deletedAt: new Date(), eraseAfter, ...(operatorId === undefined ? {} : { deletedById: operatorId }) };
    return this.#change(id, { deletedAt: null }, data, operatorId, 'The tenant was deleted already.');
  }

  /**
   * Erases it with every row of its own, at once and for good, and ends what it pays.
   *
   * @param moved it lives on elsewhere, where what it pays belongs to from now on
   * @throws {TenantNotFoundError}
   */
  async erase(id: string, { moved = false } = {}): Promise<void> {
    await this.platform.$transaction(async (tx) => {
      if (!moved) await this.erased.end(tx, { id });
      const { count } = await tx.organization.deleteMany({ where: { id } });
      if (count === 0) throw new TenantNotFoundError();
    });
  }

  /** @throws {TenantNotFoundError | WrongTenantStateError} */
  async restore(id: string, operatorId?: string): Promise<Organization> {
    return this.#change(id, { deletedAt: { not: null } }, { deletedAt: null, deletedById: null, eraseAfter: null }, operatorId, 'The tenant is not deleted.');
  }

  async #change(
    id: string,
    where: Prisma.OrganizationWhereInput,
    data: Prisma.OrganizationUncheckedUpdateManyInput,
    operatorId: string | undefined,
    otherwise = '',
    db: PlatformTransaction = this.platform,
  ): Promise<Organization> {
    const [changed] = await db.organization.updateManyAndReturn({ where: { id, ...where }, data: { ...data, version: { increment: 1 }, ...by(operatorId) } });
    if (changed !== undefined) return changed;
    if ((await db.organization.count({ where: { id } })) === 0) throw new TenantNotFoundError();
    throw new WrongTenantStateError(otherwise);
  }
}

interface Known {
  readonly status: Organization['status'];
  readonly suspendedBy: string | null;
  readonly suspendedFrom: Organization['status'] | null;
}

const by = (operatorId: string | undefined): { updatedById?: string } => (operatorId === undefined ? {} : { updatedById: operatorId });
