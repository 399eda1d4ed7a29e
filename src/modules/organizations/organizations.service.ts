import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { MalformedRequestError, NotFoundError } from '../../common/errors/app-error.js';
import { faultsOfPostalCode } from '../../common/postal-address.js';
import { lifetimes } from '../../config/app-config.js';
import { TenantDb } from '../../database/tenant-db.js';
import { Prisma, type Organization } from '../../generated/prisma/client.js';
import { OrganizationDirectoryService } from './organization-directory.service.js';
import type { UpdateOrganizationDto } from './organizations.dto.js';
import { NotDeletedError } from './organizations.errors.js';

/** Reads, updates, deletes and restores the organization of the request. */
@Injectable()
export class OrganizationsService {
  constructor(
    private readonly db: TenantDb,
    private readonly organizationDirectory: OrganizationDirectoryService,
    private readonly clock: Clock,
  ) {}

  async getOrganization(): Promise<Organization> {
    const organization = await this.db.organization.findFirst();
    if (organization === null) throw new NotFoundError();
    return organization;
  }

  /**
   * @throws {MalformedRequestError} when the country of the address has no such postal code
   * @throws {NotFoundError | SlugTakenError | ReservedSlugError}
   */
  async updateOrganization(userId: string, changes: UpdateOrganizationDto): Promise<Organization> {
    const { address, ...rest } = changes;
    const { postalCode, country } = address ?? {};
    const faults = postalCode === undefined || country === undefined ? [] : faultsOfPostalCode(postalCode, country, '/address');
    if (faults.length > 0) throw new MalformedRequestError('The postal code is wrong. See `errors`.', faults, 'validation_failed');
    const data = {
      ...rest,
      ...(address === undefined ? {} : { address: address === null ? Prisma.DbNull : ({ ...address } as Prisma.InputJsonObject) }),
      updatedById: userId,
      version: { increment: 1 },
    };
    // A slug that was reserved later stays.
    const slug = changes.slug !== undefined && (await this.db.organization.count({ where: { slug: changes.slug } })) > 0 ? undefined : changes.slug;
    const [updated] = await this.organizationDirectory.withUniqueSlug(slug, () => this.db.organization.updateManyAndReturn({ data }));
    if (updated === undefined) throw new NotFoundError();
    return updated;
  }

  /** Marks the organization as deleted. It can be restored until a job erases it after the grace period. */
  async deleteOrganization(userId: string): Promise<void> {
    const now = this.clock.now().getTime();
    const data = { deletedAt: new Date(now), deletedById: userId, eraseAfter: new Date(now + 1000 * lifetimes.deletedOrganization), version: { increment: 1 } };
    await this.db.organization.updateMany({ where: { deletedAt: null }, data });
  }

  /** @throws {NotDeletedError} */
  async restoreOrganization(userId: string): Promise<Organization> {
    const data = { deletedAt: null, deletedById: null, eraseAfter: null, updatedById: userId, version: { increment: 1 } };
    const [restored] = await this.db.organization.updateManyAndReturn({ where: { deletedAt: { not: null } }, data });
    if (restored === undefined) throw new NotDeletedError();
    return restored;
  }
}
